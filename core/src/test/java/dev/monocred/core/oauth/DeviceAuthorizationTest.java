package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceAuthorizationTest {

    private static final Instant SENT = Instant.parse("2030-01-01T00:00:00Z");
    private static final String CODES =
            "'user_code':'ABCD-EFGH','device_code':'DC-1','verification_uri':'https://microsoft.com/devicelogin'";

    private static TokenAnswer parse(int status, String json) {
        return DeviceAuthorization.parse(new RawAnswer(status, Map.of("Content-Type", List.of("application/json")),
                json.replace('\'', '"').getBytes(UTF_8)), SENT);
    }

    @Test
    void readsEveryMember() {
        assertThat(parse(200, "{" + CODES + ",'expires_in':900,'interval':7,'message':'Go there.'}"))
                .isEqualTo(new DeviceAuthorization("ABCD-EFGH", "DC-1", "https://microsoft.com/devicelogin",
                        Duration.ofSeconds(900), SENT.plusSeconds(900), Duration.ofSeconds(7), "Go there."));
    }

    /** entra.md, number 57. */
    @ParameterizedTest
    @ValueSource(strings = {"", ",'interval':0,'expires_in':0", ",'interval':'soon','expires_in':null", ",'interval':-1"})
    void hasAnAnswerForWhatTheServerDoesNotSay(String more) {
        assertThat(parse(200, "{" + CODES + more + "}")).asInstanceOf(type(DeviceAuthorization.class)).satisfies(codes -> {
            assertThat(codes.interval()).isEqualTo(Duration.ofSeconds(5));
            assertThat(codes.lifetime()).isEqualTo(Duration.ofMinutes(30));
            assertThat(codes.message()).contains("ABCD-EFGH", "https://microsoft.com/devicelogin");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"user_code", "device_code", "verification_uri"})
    void isNoneWithoutItsParts(String missing) {
        assertThat(parse(200, "{" + CODES.replace("'" + missing + "'", "'x'") + "}")).isInstanceOf(Malformed.class);
    }

    @Test
    void isRefusedAsATokenIs() {
        assertThat(parse(400, "{'error':'unauthorized_client'}")).asInstanceOf(type(Refused.class))
                .satisfies(refused -> assertThat(refused.error().error()).isEqualTo("unauthorized_client"));
    }

    @Test
    void isShownInOneLine() {
        assertThat(parse(200, "{" + CODES + ",'message':'a\\nb'}")).asInstanceOf(type(DeviceAuthorization.class))
                .satisfies(codes -> assertThat(codes.message()).isEqualTo("a b"));
    }

    @Test
    void printsNoCode() {
        assertThat(parse(200, "{" + CODES + "}").toString()).doesNotContain("ABCD", "DC-1");
    }
}
