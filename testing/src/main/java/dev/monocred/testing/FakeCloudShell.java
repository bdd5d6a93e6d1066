package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Cloud Shell, whose tokens are for the person who is signed in. Strict; safe for use by several threads; {@link #close()} it. */
public final class FakeCloudShell extends FakeHost<FakeCloudShell> {

    private FakeCloudShell(TimeSource time) {
        super(time, null);
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeCloudShell start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeCloudShell start(TimeSource time) {
        return new FakeCloudShell(time).started();
    }

    @Override
    FakeCloudShell self() {
        return this;
    }

    @Override
    Map<String, String> variables() {
        return Map.of("MSI_ENDPOINT", url("/oauth2/token"));
    }

    @Override
    String resource(RecordedHostRequest request) {
        Map<String, String> form = Forms.decode(request.body());
        return form == null ? "" : form.getOrDefault("resource", "");
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> form = Forms.decode(request.body());
        if (!request.target().equals("/oauth2/token")) {
            return new Complaint(404, "NotFound", "There is nothing here.");
        }
        if (!request.method().equals("POST")) {
            return new Complaint(405, "MethodNotAllowed", "The method is not allowed.");
        }
        if (!"true".equals(request.header("Metadata"))) {
            return new Complaint(400, "MissingMetadata", "The header Metadata is missing.");
        }
        boolean isForm = String.valueOf(request.header("Content-Type")).startsWith("application/x-www-form-urlencoded");
        return isForm && form != null && form.keySet().equals(Set.of("resource")) && !resource(request).isEmpty() ? null
                : new Complaint(400, "AudienceNotSupported", "The audience is missing or not supported.");
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        return object().put("access_token", token).put("refresh_token", "")
                .put("expires_in", Long.toString(lifetime.toSeconds())).put("expires_on", Long.toString(end.getEpochSecond()))
                .put("not_before", Long.toString(end.minus(lifetime).getEpochSecond())).put("resource", resource(request))
                .put("token_type", "Bearer");
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        ObjectNode json = object();
        json.putObject("error").put("code", code).put("message", sentence);
        return json;
    }
}
