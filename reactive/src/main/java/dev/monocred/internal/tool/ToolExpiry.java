package dev.monocred.internal.tool;

import dev.monocred.core.AccessToken;
import java.time.DateTimeException;
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

/** What {@link dev.monocred.core.oauth.Expiry} does not read: the local times of older tools. Pure. */
final class ToolExpiry {

    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME).appendPattern("[' '][XXX]").toFormatter(Locale.ROOT);

    private ToolExpiry() {}

    /**
     * Makes a token.
     *
     * @param token its text
     * @param expiresAt when it ends
     * @param now the time
     * @return the token, or {@code null} if the text is no token, or it has ended, or when it ends is unknown
     */
    static @Nullable AccessToken token(@Nullable String token, @Nullable Instant expiresAt, Instant now) {
        return token == null || !ToolText.isTokenText(token) || expiresAt == null || !expiresAt.isAfter(now)
                ? null : AccessToken.of(token, expiresAt);
    }

    /**
     * Reads a date that is in local time unless it says otherwise. A time that the clocks skipped or showed twice is taken
     * for the earlier of the two instants it may mean: too early costs a run, too late an outage (fault 91).
     *
     * @param text the date
     * @param zone where it is local
     * @return the instant, or {@code null} if it is no date
     */
    static @Nullable Instant local(String text, ZoneId zone) {
        try {
            TemporalAccessor read = DATE.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from);
            return read instanceof LocalDateTime local ? earliest(local, zone) : Instant.from(read);
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
