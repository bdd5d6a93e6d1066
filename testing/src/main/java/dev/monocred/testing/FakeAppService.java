package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * App Service, Functions and Container Apps, version 2019-08-01, with a system-assigned identity and the user-assigned one of
 * {@link FakeImds}. Its secret can {@linkplain #rotates() rotate}, as the real one does. Strict; safe for use by several
 * threads; {@link #close()} it.
 */
public final class FakeAppService extends FakeHost<FakeAppService> {

    private static final Map<String, String> IDENTITY = Map.of("client_id", FakeImds.CLIENT_ID, "object_id", FakeImds.OBJECT_ID,
            "principal_id", FakeImds.OBJECT_ID, "mi_res_id", FakeImds.RESOURCE_ID);

    private volatile String secret = "0f0e0d0c-0000-4000-8000-0000000000aa";

    private FakeAppService(TimeSource time) {
        super(time, null);
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeAppService start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeAppService start(TimeSource time) {
        return new FakeAppService(time).started();
    }

    @Override
    FakeAppService self() {
        return this;
    }

    /**
     * Changes the secret: requests with the old one are refused from now on.
     *
     * @return this fake
     */
    public FakeAppService rotates() {
        secret = "0f0e0d0c-0000-4000-8000-0000000000bb";
        return this;
    }

    /**
     * The secret that the host puts into {@code IDENTITY_HEADER}.
     *
     * @return the present one
     */
    public String secret() {
        return secret;
    }

    /** Looked up for each request: the secret rotates. */
    @Override
    public Function<String, @Nullable String> environment() {
        return name -> variables().get(name);
    }

    @Override
    Map<String, String> variables() {
        return Map.of("IDENTITY_ENDPOINT", url("/msi/token"), "IDENTITY_HEADER", secret);
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        if (!request.path().equals("/msi/token")) {
            return new Complaint(404, "404", "There is nothing here.");
        }
        if (!request.method().equals("GET")) {
            return new Complaint(405, "405", "The method is not allowed.");
        }
        if (!secret.equals(request.header("X-IDENTITY-HEADER"))) {
            return new Complaint(401, "401", "The X-IDENTITY-HEADER is missing or wrong.");
        }
        if (query == null || !"2019-08-01".equals(query.get("api-version"))) {
            return new Complaint(400, "400", "Unsupported api-version.");
        }
        if (!FakeImds.isKnown(query, IDENTITY)) {
            return new Complaint(400, "400", "No managed identity was found for the given id.");
        }
        return resource(request).isEmpty() ? new Complaint(500, "500", "An unexpected error occurred.") : null;
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        return object().put("access_token", token).put("expires_on", Long.toString(end.getEpochSecond()))
                .put("resource", resource(request)).put("token_type", "Bearer").put("client_id", FakeImds.CLIENT_ID);
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        return object().put("statusCode", code).put("message", sentence)
                .put("correlationId", "5b0f0b55-0000-4000-8000-000000000001");
    }
}
