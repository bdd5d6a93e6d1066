package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The service of Azure Pipelines that makes assertions for a job's service connection. What an assertion is, somebody else
 * says: one that {@link FakeEntra} trusts, for example. Strict; safe for use by several threads; {@link #close()} it.
 */
public final class FakePipelines extends FakeHost<FakePipelines> {

    /** The one service connection. */
    public static final String SERVICE_CONNECTION_ID = "33333333-4444-4555-8666-777777777777";
    /** The job's token. */
    public static final String SYSTEM_ACCESS_TOKEN = "invented-system-access-token";

    private static final String PATH = "/acme/proj/_apis/distributedtask/hubs/build/plans/PLAN/jobs/JOB/oidctoken";

    private final Supplier<String> assertions;

    private FakePipelines(TimeSource time, Supplier<String> assertions) {
        super(time, null);
        this.assertions = requireNonNull(assertions, "assertions");
    }

    /**
     * Starts a fake on a free port of loopback.
     *
     * @param assertions makes an assertion for each request
     * @return the running fake
     */
    public static FakePipelines start(Supplier<String> assertions) {
        return start(SystemTime.INSTANCE, assertions);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @param assertions makes an assertion for each request
     * @return the running fake
     */
    public static FakePipelines start(TimeSource time, Supplier<String> assertions) {
        return new FakePipelines(time, assertions).started();
    }

    @Override
    FakePipelines self() {
        return this;
    }

    /** Plain HTTP, unlike the real service: it is this machine. */
    @Override
    Map<String, String> variables() {
        return Map.of("SYSTEM_OIDCREQUESTURI", url(PATH));
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        if (!request.path().equals(PATH)) {
            return new Complaint(404, "404", "Page not found.");
        }
        if (!request.method().equals("POST")) {
            return new Complaint(405, "405", "The requested resource does not support http method '" + request.method() + "'.");
        }
        if (!("Bearer " + SYSTEM_ACCESS_TOKEN).equals(request.header("Authorization"))) {
            return "Suppress".equals(request.header("X-TFS-FedAuthRedirect"))
                    ? new Complaint(401, "401", "You are not authorized.", ids())
                    : new Complaint(302, "302", "Sign in.", Map.of("Location", url("/_signin")));
        }
        if (!"application/json".equals(request.header("Content-Type")) || !"0".equals(request.header("Content-Length"))) {
            return new Complaint(415, "415", "The body is not the expected one.", ids());
        }
        if (query == null || !"7.1".equals(query.get("api-version"))) {
            return new Complaint(400, "400", "No api-version was supplied for the request.", ids());
        }
        return SERVICE_CONNECTION_ID.equals(query.get("serviceConnectionId")) ? null : new Complaint(404, "404",
                "No service connection found with identifier " + query.get("serviceConnectionId") + ".", ids());
    }

    private static Map<String, String> ids() {
        return Map.of("x-vss-e2eid", "aaaaaaaa-0000-4000-8000-000000000003", "x-msedge-ref", "Ref A: INVENTED");
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        return object().put("oidcToken", assertions.get());
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        return object().put("$id", "1").put("message", sentence).put("errorCode", 0);
    }
}
