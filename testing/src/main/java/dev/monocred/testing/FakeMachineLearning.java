package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compute of Azure Machine Learning: version 2017-09-01, with {@link FakeImds#CLIENT_ID} as its own identity. Strict; safe
 * for use by several threads; {@link #close()} it.
 */
public final class FakeMachineLearning extends FakeHost<FakeMachineLearning> {

    private static final String SECRET = "7c1e0000-0000-4000-8000-0000000000cc";

    private FakeMachineLearning(TimeSource time) {
        super(time, null);
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeMachineLearning start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeMachineLearning start(TimeSource time) {
        return new FakeMachineLearning(time).started();
    }

    @Override
    FakeMachineLearning self() {
        return this;
    }

    @Override
    Map<String, String> variables() {
        return Map.of("MSI_ENDPOINT", url("/MSI/token"), "MSI_SECRET", SECRET, "DEFAULT_IDENTITY_CLIENT_ID", FakeImds.CLIENT_ID);
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        if (!request.path().equals("/MSI/token")) {
            return new Complaint(404, "not_found", "There is nothing here.");
        }
        if (!request.method().equals("GET")) {
            return new Complaint(405, "method_not_allowed", "The method is not allowed.");
        }
        if (!SECRET.equals(request.header("secret"))) {
            return new Complaint(401, "unauthorized", "The secret is missing or wrong.");
        }
        if (query == null || !"2017-09-01".equals(query.get("api-version")) || resource(request).isEmpty()
                || !Set.of("api-version", "resource", "clientid").containsAll(query.keySet())) {
            return new Complaint(400, "bad_request", "The query is not the one of version 2017-09-01.");
        }
        return FakeImds.CLIENT_ID.equals(query.getOrDefault("clientid", FakeImds.CLIENT_ID)) ? null
                : new Complaint(400, "bad_request", "No identity has that clientid.");
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        return object().put("access_token", token).put("expires_on", end.getEpochSecond())
                .put("resource", resource(request)).put("token_type", "Bearer").put("client_id", FakeImds.CLIENT_ID);
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        return object().put("error", code).put("error_description", sentence);
    }
}
