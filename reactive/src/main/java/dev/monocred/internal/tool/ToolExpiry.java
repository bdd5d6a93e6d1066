package dev.monocred.internal.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.oauth.Expiry;
import dev.monocred.core.oauth.OAuthParameters;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The end of a tool's token, brought into the form that {@link Expiry} reads. Pure. */
final class ToolExpiry {

    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME).appendPattern("[' '][XXX]").toFormatter(Locale.ROOT);

    private ToolExpiry() {}

    /**
     * Makes a token.
     *
     * @param token its text
     * @param expiresOn seconds since 1970, as number or digits, or a date, which is UTC if it has no offset
     * @param now the time
     * @return the token, or {@code null} if the text is no token, or it has ended, or when it ends is unknown
     */
    static @Nullable AccessToken token(@Nullable String token, @Nullable JsonNode expiresOn, Instant now) {
        if (token == null || expiresOn == null || !ToolText.isTokenText(token)) {
            return null;
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.set(OAuthParameters.EXPIRES_ON, expiresOn);
        Duration lifetime = Expiry.absoluteFirst(answer, now);
        return lifetime.isZero() ? null : AccessToken.of(token, now.plus(lifetime));
    }

    /**
     * Reads a date that is in local time unless it says otherwise. A time that the clocks skipped or showed twice is taken
     * for the earlier of the two instants it may mean: too early costs a run, too late an outage (fault 91).
     *
     * @param text the date
     * @param zone where it is local
     * @return seconds since 1970, or {@code null} if it is no date
     */
    static @Nullable JsonNode local(String text, ZoneId zone) {
        try {
            TemporalAccessor read = DATE.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from);
            Instant instant = read instanceof LocalDateTime local ? earliest(local, zone) : Instant.from(read);
            return JsonNodeFactory.instance.numberNode(instant.getEpochSecond());
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Instant earliest(LocalDateTime local, ZoneId zone) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        if (transition == null) {
            return local.atZone(zone).toInstant();
        }
        ZoneOffset before = transition.getOffsetBefore();
        ZoneOffset after = transition.getOffsetAfter();
        return local.toInstant(before.getTotalSeconds() > after.getTotalSeconds() ? before : after);
    }
}
