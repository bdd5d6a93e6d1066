package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.EntraError;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers are those of the checklist in platform.md 19. */
class ManagedIdentityResponseTest {

    private static final Instant NOW = Instant.parse("2029-12-31T12:00:00Z");
    private static final Instant END = Instant.parse("2029-12-31T23:30:00Z");

    private static TokenAnswer parse(int status, String body) {
        return ManagedIdentityResponse.parse(new RawAnswer(status, Map.of(), body.getBytes(UTF_8)), NOW);
    }

    private static AccessToken token(String members) {
        TokenAnswer answer = parse(200, "{\"access_token\":\"invented\"," + members + "}");
        assertThat(answer).isInstanceOf(TokenResponse.class);
        return ((TokenResponse) answer).accessToken();
    }

    private static EntraError error(int status, String body) {
        TokenAnswer answer = parse(status, body);
        assertThat(answer).isInstanceOf(Refused.class);
        return ((Refused) answer).error();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1893454200", "\"1893454200\"", "1893454200.9", "\"2029-12-31T23:30:00.0000000+00:00\"",
        "\"2029-12-31T23:30:00Z\"", "\"12/31/2029 23:30:00 +00:00\"", "\"12/31/2029 11:30:00 PM +00:00\"",
        "\"12/31/2029 23:30:00\"", "\"2029-12-31 23:30:00\"", "41400", "\"41400\""})
    void everyFormOfTheEndIsTheSameInstantUnderEveryLocaleAndZone(String end) { // 5, 6
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            for (String tag : new String[] {"de-DE", "ar-SA-u-nu-arab", "th-TH-u-ca-buddhist", "tr-TR", "en-US"}) {
                for (String id : new String[] {"UTC", "Asia/Kolkata", "America/St_Johns"}) {
                    Locale.setDefault(Locale.forLanguageTag(tag));
                    TimeZone.setDefault(TimeZone.getTimeZone(id));
                    assertThat(token("\"expires_on\":" + end).expiresAt()).as(tag + " " + id).isEqualTo(END);
                }
            }
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"expires_on\":\"\",\"expires_in\":\"3600\"", "\"expires_in\":3600",
        "\"expires_on\":\"12x4\",\"expires_in\":\"3600\""})
    void theLifetimeServesWhereThereIsNoEnd(String members) { // 7
        assertThat(token(members).expiresAt()).isEqualTo(NOW.plusSeconds(3600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\":1", "\"expires_on\":\"12x4\"", "\"expires_on\":\"\"", "\"expires_on\":\"1893400000\"",
        "\"expires_on\":1893412800"})
    void aTokenWithoutAnEndOrPastItIsNone(String members) { // 8, 9
        assertThat(parse(200, "{\"access_token\":\"invented\"," + members + "}")).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"access_token\":\"\",\"expires_in\":1}",
        "{\"access_token\":7,\"expires_in\":1}", "{\"access_token\":\"a\\nb\",\"expires_in\":1}"})
    void anythingElseIsMalformed(String body) {
        assertThat(parse(200, body)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204, 302})
    void onlyStatus200HasAToken(int status) {
        assertThat(parse(status, "{\"access_token\":\"invented\",\"expires_in\":3600}")).isInstanceOf(Refused.class);
    }

    @Test
    void theHintIsKeptWhereItLiesWithinTheLife() { // 10, 11
        assertThat(token("\"expires_in\":\"3600\",\"refresh_in\":\"1800\"").refreshAt()).isEqualTo(NOW.plusSeconds(1800));
        assertThat(token("\"expires_in\":\"3600\",\"refresh_on\":1893414000").refreshAt()).isEqualTo(Instant.ofEpochSecond(1893414000));
        assertThat(token("\"expires_in\":\"3600\",\"refresh_in\":\"3600\"").refreshAt()).isNull();
        assertThat(token("\"expires_in\":\"86400\"").refreshAt()).as("half a life is the refresher's rule").isNull();
    }

    @Test
    void theTypeIsPassedThrough() {
        assertThat(token("\"expires_in\":9,\"token_type\":\"mtls_pop\"").tokenType()).isEqualTo("mtls_pop");
        assertThat(token("\"expires_in\":9").tokenType()).isEqualTo("Bearer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "{'error':'invalid_request','error_description':'Identity not found'} | invalid_request | Identity not found | -",
        "{'statusCode':400,'message':'No identity','correlationId':'c1'} | - | No identity | c1",
        "{'error':{'code':'ManagedIdentityNotFound','correlationId':'c2','message':'None'}} | ManagedIdentityNotFound | None | c2",
        "{'error':{'code':'AudienceNotSupported','message':'No'}} | AudienceNotSupported | No | -",
        "plain text | - | plain text | -", "<html>no</html> | - | <html>no</html> | -", "{'a':1} | - | {'a':1} | -"})
    void everyShapeOfErrorIsRead(String body, String code, String message, String correlationId) {
        EntraError error = error(400, body.replace('\'', '"'));
        assertThat(error.error()).isEqualTo(code);
        assertThat(error.errorDescription()).isEqualTo(message.replace('\'', '"'));
        assertThat(error.correlationId()).isEqualTo(correlationId);
    }

    @Test
    void anEmptyAnswerHasNoTextAndALongOneIsCut() {
        assertThat(error(500, "").errorDescription()).isNull();
        assertThat(error(500, "x".repeat(5000))).extracting(EntraError::errorDescription).asString().hasSizeLessThan(1100);
    }
}
