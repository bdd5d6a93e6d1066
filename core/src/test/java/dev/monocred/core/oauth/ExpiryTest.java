package dev.monocred.core.oauth;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** platform.md 1.3; refresher.md T-5, T-6; faults 34 to 36; checklist 14. */
class ExpiryTest {

    /** One hour before the date that the examples of platform.md name. */
    private static final Instant NOW = Instant.parse("2029-12-31T22:30:00Z");
    private static final long NOW_EPOCH = 1_893_450_600;

    @ParameterizedTest(name = "expires_in {0} is {1} s")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            3599       | 3599
            "3599"     | 3599
            " 3599 "   | 3599
            3599.0     | 3599
            "3599.9"   | 3599
            3.599e3    | 3599
            "+3599"    | 3599
            0          | 0
            0.9        | 0
            -1         | 0
            "-1"       | 0
            -1e300     | 0
            1e18       | 172800
            "1e18"     | 172800
            172801     | 172800
            1e999999   | 172800
            "1e999999" | 172800
            99999999999999999999999999 | 172800
            "abc"      | 0
            "NaN"      | 0
            "Infinity" | 0
            "0x10"     | 0
            "3599d"    | 0
            "٣٥٩٩"     | 0
            ""         | 0
            null       | 0
            true       | 0
            [3599]     | 0
            {}         | 0
            """)
    void secondsAreNumbersInEveryForm(String json, long seconds) {
        assertThat(Expiry.seconds(object("{\"expires_in\":" + json + "}").path("expires_in")))
                .isEqualTo(Duration.ofSeconds(seconds));
        assertThat(Expiry.relativeFirst(object("{\"expires_in\":" + json + "}"), NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "expires_on {0} is in {1} s")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1893454200                               | 3600
            "1893454200"                             | 3600
            1893454200.9                             | 3600
            "1893454200.9"                           | 3600
            1.8934542e9                              | 3600
            "2029-12-31T23:30:00.0000000+00:00"      | 3600
            "2029-12-31T23:30:00Z"                   | 3600
            "2030-01-01T01:30:00.5+02:00"            | 3600
            "12/31/2029 23:30:00 +00:00"             | 3600
            "12/31/2029 11:30:00 PM +00:00"          | 3600
            "1/1/2030 1:30:00 AM +02:00"             | 3600
            "1/1/2030 12:30:00 am +01:00"            | 3600
            "12/31/2029 23:30:00"                    | 3600
            "12/31/2029 11:30:00 PM"                 | 3600
            "2029-12-31 23:30:00"                    | 3600
            "2029-12-31T23:30:00"                    | 3600
            "2029-12-31 23:30:00.123456"             | 3600
            " 2029-12-31T23:30:00Z "                 | 3600
            3600                                     | 3600
            "3600"                                   | 3600
            978307199                                | 172800
            978307200                                | 0
            1893450600                               | 0
            1893450601                               | 1
            1e18                                     | 172800
            -5                                       | 0
            "1999-12-31T23:30:00Z"                   | 0
            "+999999999-12-31T23:30:00Z"             | 172800
            """)
    void theEndOfLifeIsReadInEveryForm(String json, long seconds) {
        ObjectNode answer = object("{\"expires_on\":" + json + "}");
        assertThat(Expiry.relativeFirst(answer, NOW)).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(Expiry.absoluteFirst(answer, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "expires_on {0}")
    @ValueSource(strings = {"\"\"", "\" \"", "\"12x4\"", "null", "true", "[]", "{}", "\"NaN\"", "\"2029-12-31\"",
            "\"2029-13-31T00:00:00Z\"", "\"31/12/2029 23:30:00\"", "\"12/31/2029\"", "\"tomorrow\""})
    void whatCannotBeReadIsNoEndOfLife(String json) {
        assertThat(Expiry.relativeFirst(object("{\"expires_on\":" + json + "}"), NOW)).isZero();
        assertThat(Expiry.absoluteFirst(object("{\"expires_on\":" + json + "}"), NOW)).isZero();
        assertThat(Expiry.absoluteFirst(object("{\"expires_in\":60,\"expires_on\":" + json + "}"), NOW))
                .as("a host's expires_in stands in").isEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest(name = "expires_in {0}, expires_on in {1} s: token endpoint {2} s, host {3} s")
    @CsvSource({"60, 90, 60, 90", "'', 90, 90, 90", "abc, 90, 0, 90", "0, 90, 0, 90", "60, -90, 60, 0"})
    void aTokenEndpointIsBelievedInSecondsAHostInDates(String in, long on, long endpoint, long host) {
        ObjectNode answer = object("{\"expires_in\":\"" + in + "\",\"expires_on\":" + (NOW_EPOCH + on) + "}");
        assertThat(Expiry.relativeFirst(answer, NOW)).isEqualTo(Duration.ofSeconds(endpoint));
        assertThat(Expiry.absoluteFirst(answer, NOW)).isEqualTo(Duration.ofSeconds(host));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"{\"expires_on\":1893454200}", "{\"expires_on\":\"2029-12-31T23:30:00.9Z\"}"})
    void aTokenNeverEndsLaterThanTheServerSaid(String answer) {
        Instant now = NOW.plusMillis(300);
        assertThat(now.plus(Expiry.absoluteFirst(object(answer), now))).isBeforeOrEqualTo(NOW.plusSeconds(3600));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"ar-EG", "th-TH-u-ca-buddhist-nu-thai", "ja-JP-u-ca-japanese", "de-DE", "fa-IR"})
    void theMachinesLocaleAndZonePlayNoPart(String tag) {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            assertThat(Expiry.date("1/5/2029 9:04:12 PM +00:00")).isEqualTo("2029-01-05T21:04:12Z");
            assertThat(Expiry.date("12/31/2029 23:30:00")).isEqualTo("2029-12-31T23:30:00Z");
            assertThat(Expiry.date("2029-12-31 23:30:00")).isEqualTo("2029-12-31T23:30:00Z");
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void anAnswerWithoutBothHasNoLifetime() {
        assertThat(Expiry.relativeFirst(object("{}"), NOW)).isZero();
        assertThat(Expiry.absoluteFirst(object("{}"), NOW)).isZero();
    }

    private static ObjectNode object(String json) {
        return requireNonNull(Json.object(json), json);
    }
}
