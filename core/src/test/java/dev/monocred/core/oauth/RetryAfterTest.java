package dev.monocred.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** refresher.md B-3; faults 16 to 18. */
class RetryAfterTest {

    private static final String DATE = "Sat, 01 Aug 2026 10:00:00 GMT";

    @ParameterizedTest(name = "Retry-After {0} is {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            60                                          | PT1M
            ' 60 '                                      | PT1M
            1;60                                        | PT1M
            60;1                                        | PT1M
            1, 60                                       | PT1M
            0                                           | PT1S
            3600                                        | PT1H
            3601                                        | PT1H
            99999999999                                 | PT1H
            999999999999999999999999999999              | PT1H
            -5                                          | -
            +5                                          | -
            abc                                         | -
            1.5                                         | -
            ٣                                           | -
            ''                                          | -
            -5;abc;7                                    | PT7S
            Sat, 01 Aug 2026 10:02:00 GMT               | PT2M
            Sat, 01 Aug 2026 12:00:00 GMT               | PT1H
            Sat, 01 Aug 2026 10:00:00 GMT               | PT1S
            Wed, 01 Jul 2026 10:00:00 GMT               | PT1S
            Sat, 01 Aug 2026 10:00:30 GMT;45            | PT45S
            Sat, 01 Aug 2026 10:00:30 GMT;15            | PT30S
            Sat, 99 Aug 2026 10:00:30 GMT               | -
            """)
    void thePauseIsTheLargestValidValueWithinLimits(String values, @Nullable Duration pause) {
        assertThat(RetryAfter.read(Map.of("date", List.of(DATE), "retry-after", values(values)))).isEqualTo(pause);
    }

    @ParameterizedTest(name = "{0}: {1} is {2}")
    @CsvSource(nullValues = "-", value = {
            "retry-after-ms, 1500, PT1.5S",
            "x-ms-retry-after-ms, 2500, PT2.5S",
            "retry-after-ms, 500, PT1S",
            "x-ms-retry-after-ms, 0, PT1S",
            "retry-after-ms, 99999999, PT1H",
            "x-ms-retry-after-ms, -1, -",
            "retry-after-ms, soon, -",
            "retry-after-ms, '', -"})
    void millisecondsHaveNamesOfTheirOwn(String name, String value, @Nullable Duration pause) {
        assertThat(RetryAfter.read(Map.of(name, List.of(value)))).isEqualTo(pause);
    }

    @Test
    void theLargestOfAllVariantsCounts() {
        Map<String, List<String>> headers = new HashMap<>();
        headers.put("retry-after", List.of("2"));
        headers.put("retry-after-ms", List.of("3000"));
        headers.put("x-ms-retry-after-ms", List.of("1000"));
        assertThat(RetryAfter.read(headers)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aDateMeansNothingWithoutTheServersOwnTime() {
        Map<String, List<String>> headers = new HashMap<>(Map.of("retry-after", List.of(DATE)));
        assertThat(RetryAfter.read(headers)).isNull();
        headers.put("date", List.of("yesterday"));
        assertThat(RetryAfter.read(headers)).isNull();
    }

    @Test
    void withoutAHeaderThereIsNoPause() {
        assertThat(RetryAfter.read(Map.of("date", List.of(DATE)))).isNull();
    }

    private static List<String> values(String text) {
        return Arrays.asList(text.split(";", -1));
    }
}
