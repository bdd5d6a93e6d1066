package dev.monocred.core.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one reader of lifetimes, for every form that servers and tools send (T-5, T-6): numbers, digits in a string, dates.
 * The default locale and time zone play no part.
 */
public final class Expiry {

    /** Nobody issues longer tokens (T-6); a slip of the pen must not make one that is kept for years. */
    private static final double LONGEST = 48 * 3600;

    /** 2001-01-01: a smaller number cannot be an instant, it is seconds from now. */
    private static final double FIRST_INSTANT = 978_307_200;

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[' '][XXX]")
            .toFormatter(Locale.ROOT);

    /** App Service 2017: with AM or PM on Windows, with 24 hours on Linux. */
    private static final DateTimeFormatter AMERICAN = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("M/d/uuuu [h:mm:ss a][H:mm:ss][' '][XXX]")
            .toFormatter(Locale.US);

    private Expiry() {}

    /**
     * The lifetime that a token endpoint gave: {@code expires_in}, and {@code expires_on} only if that is absent (T-5).
     *
     * @param answer the answer
     * @param now what the server's clock shows
     * @return whole seconds, at most 48 h; zero if there is no usable lifetime
     */
    public static Duration relativeFirst(JsonNode answer, Instant now) {
        JsonNode expiresIn = answer.path(OAuthParameters.EXPIRES_IN);
        Duration absolute = isAbsent(expiresIn) ? absolute(answer.path(OAuthParameters.EXPIRES_ON), now) : null;
        return absolute != null ? absolute : seconds(expiresIn);
    }

    /**
     * The lifetime that a managed identity host gave: {@code expires_on}, and {@code expires_in} if that is absent or
     * cannot be read.
     *
     * @param answer the answer
     * @param now the time when the request was sent
     * @return whole seconds, at most 48 h; zero if there is no usable lifetime
     */
    public static Duration absoluteFirst(JsonNode answer, Instant now) {
        Duration absolute = absolute(answer.path(OAuthParameters.EXPIRES_ON), now);
        return absolute != null ? absolute : seconds(answer.path(OAuthParameters.EXPIRES_IN));
    }

    /**
     * Reads a number of seconds: a JSON number or a string, integer or decimal.
     *
     * @param value the member
     * @return whole seconds, at most 48 h; zero if it is absent, not positive or not a number
     */
    public static Duration seconds(JsonNode value) {
        OptionalDouble number = number(value);
        return number.isPresent() ? clamp(number.getAsDouble()) : Duration.ZERO;
    }

    /**
     * Reads an end of life as an instant.
     *
     * @param text ISO 8601 or American order; without an offset it is UTC
     * @return the instant, or {@code null} if the text is no date
     */
    public static @Nullable Instant date(String text) {
        for (DateTimeFormatter form : List.of(ISO, AMERICAN)) {
            try {
                TemporalAccessor read = form.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from);
                return read instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : Instant.from(read);
            } catch (DateTimeException anotherForm) {
                // The next form, or none.
            }
        }
        return null;
    }

    static @Nullable Duration absolute(JsonNode value, Instant now) {
        OptionalDouble number = number(value);
        if (number.isPresent() && number.getAsDouble() < FIRST_INSTANT) {
            return clamp(number.getAsDouble());
        }
        Instant date = value.isTextual() ? date(value.textValue()) : null;
        if (number.isEmpty() && date == null) {
            return null;
        }
        double end = date == null ? Math.floor(number.getAsDouble()) : (double) date.getEpochSecond();
        // Rounded so that the token never ends later than the server said.
        return clamp(end - now.getEpochSecond() - (now.getNano() == 0 ? 0 : 1));
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull() || (value.isTextual() && value.textValue().isBlank());
    }

    // As a double: it saturates by itself, and is exact far beyond any date.
    private static OptionalDouble number(JsonNode value) {
        if (value.isNumber()) {
            return OptionalDouble.of(value.doubleValue());
        }
        String text = value.isTextual() ? value.textValue().strip() : "";
        return NUMBER.matcher(text).matches() ? OptionalDouble.of(Double.parseDouble(text)) : OptionalDouble.empty();
    }

    private static Duration clamp(double seconds) {
        return Duration.ofSeconds((long) Math.max(0, Math.min(seconds, LONGEST)));
    }
}
