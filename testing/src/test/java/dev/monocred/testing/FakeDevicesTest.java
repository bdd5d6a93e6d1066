package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.FakeAnswer.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FakeDevicesTest {

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeDevices devices = new FakeDevices(time::now);

    private RecordedTokenRequest request(String form) {
        return new RecordedTokenRequest("POST", "/t/oauth2/v2.0/devicecode", "t", Map.of(), form, time.now());
    }

    private ObjectNode codes() {
        return devices.issue(request("client_id=c1&scope=a+offline_access"), "https://localhost");
    }

    private @Nullable String ask(ObjectNode codes, String clientId) {
        Refusal refusal = devices.ask(request("client_id=" + clientId + "&device_code=" + codes.path("device_code").asText()));
        return refusal == null ? null : refusal.error();
    }

    @Test
    void signInAtOnceUnlessTheyHesitate() {
        assertThat(ask(codes(), "c1")).isNull();

        devices.hesitate();
        assertThat(ask(codes(), "c1")).isEqualTo("authorization_pending");
    }

    @Test
    void decideByTheCodeThatTheyWereShown() {
        devices.hesitate();
        ObjectNode one = codes();
        ObjectNode other = codes();

        devices.approve(one.path("user_code").asText()).decline(other.path("user_code").asText());

        assertThat(ask(one, "c1")).isNull();
        assertThat(ask(other, "c1")).isEqualTo("authorization_declined");
        assertThatIllegalArgumentException().isThrownBy(() -> devices.approve("another"));
    }

    @Test
    void tellADeviceThatAsksTooSoonToSlowDownFromThenOn() {
        devices.hesitate();
        ObjectNode codes = codes();
        ask(codes, "c1");

        time.advance(Duration.ofSeconds(4));
        assertThat(ask(codes, "c1")).isEqualTo("slow_down");
        time.advance(Duration.ofSeconds(9));
        assertThat(ask(codes, "c1")).as("ten seconds by now").isEqualTo("slow_down");
        time.advance(Duration.ofSeconds(15));
        assertThat(ask(codes, "c1")).isEqualTo("authorization_pending");
    }

    @Test
    void knowACodeOnceAndForItsApplicationOnly() {
        ObjectNode codes = codes();

        assertThat(ask(codes, "c2")).isEqualTo("bad_verification_code");
        assertThat(ask(codes, "c1")).isNull();
        assertThat(ask(codes, "c1")).isEqualTo("bad_verification_code");
    }

    @Test
    void forgetACodeAtItsEnd() {
        devices.lifetime(Duration.ofSeconds(10));
        ObjectNode codes = codes();

        time.advance(Duration.ofSeconds(10));

        assertThat(ask(codes, "c1")).isEqualTo("expired_token");
    }

    @Test
    void sayNothingAboutTheIntervalWhereOthersDoNot() {
        assertThat(codes().path("interval").asInt()).isEqualTo(5);
        assertThat(devices.interval(null).issue(request("client_id=c1&scope=a"), "https://localhost").has("interval")).isFalse();
        assertThat(devices.requests()).hasSize(2);
    }
}
