package dev.monocred.core.oauth;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long a server wants to be left alone (B-3). Of several valid values the largest counts.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, section 10.2.3</a>
 */
public final class RetryAfter {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private RetryAfter() {}

    /**
     * Reads {@code Retry-After} and its variants in milliseconds.
     *
     * @param headers the values of each header by its lower-case name
     * @return 1 s to 1 h; {@code null} if there is no valid value. A date is counted from the answer's own {@code Date},
     *     since the local clock may be wrong; without one it is not valid
     */
    public static @Nullable Duration read(Map<String, List<String>> headers) {
        Instant date = date(headers);
        return Stream.of(
                        values(headers, "retry-after").map(value -> delta(value, 1000)),
                        values(headers, "retry-after-ms").map(value -> delta(value, 1)),
                        values(headers, "x-ms-retry-after-ms").map(value -> delta(value, 1)),
                        headers.getOrDefault("retry-after", List.of()).stream().map(value -> until(value, date)))
                .flatMap(durations -> durations)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .map(RetryAfter::clamp)
                .orElse(null);
    }

    /** When the server wrote the answer, in its own opinion. */
    static @Nullable Instant date(Map<String, List<String>> headers) {
        return headers.getOrDefault("date", List.of()).stream()
                .map(RetryAfter::instant).filter(Objects::nonNull).findFirst().orElse(null);
    }

    // A proxy may have joined two headers to one list. That cuts dates too, whose pieces are no numbers.
    private static Stream<String> values(Map<String, List<String>> headers, String name) {
        return headers.getOrDefault(name, List.of()).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1))).map(String::strip);
    }

    private static @Nullable Duration delta(String value, long millis) {
        if (!value.matches("[0-9]+")) {
            return null;
        }
        // Ten digits hold every duration up to the limit, and their product fits into a long.
        return value.length() > 10 ? LONGEST : Duration.ofMillis(Long.parseLong(value) * millis);
    }

    private static @Nullable Duration until(String value, @Nullable Instant date) {
        Instant end = instant(value);
        return end == null || date == null ? null : Duration.between(date, end);
    }

    private static @Nullable Instant instant(String value) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.strip()));
        } catch (DateTimeException notADate) {
            return null;
        }
    }

    private static Duration clamp(Duration pause) {
        return pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
}
