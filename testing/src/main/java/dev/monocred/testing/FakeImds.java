package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metadata service of a virtual machine, with a system-assigned identity and a user-assigned one.
 *
 * <pre>{@code
 * try (FakeImds imds = FakeImds.start()) {
 *     TokenCredential credential = ManagedIdentityCredential.builder().environment(imds.environment()).build();
 *     …
 *     assertThat(imds.requests()).hasSize(1);
 * }
 * }</pre>
 *
 * <p>Strict: a wrong method, header, version, selector or identity is answered as the real service does. Safe for use by
 * several threads. Every connection has a thread of its own, so {@link #close()} it.
 */
public final class FakeImds extends FakeHost<FakeImds> {

    /** The client id of the user-assigned identity that every fake host knows. */
    public static final String CLIENT_ID = "11111111-2222-4333-8444-555555555555";
    /** Its object id. */
    public static final String OBJECT_ID = "66666666-7777-4888-8999-aaaaaaaaaaaa";
    /** Its id in Azure Resource Manager. */
    public static final String RESOURCE_ID = "/subscriptions/99999999-0000-4111-8222-333333333333/resourceGroups/invented"
            + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop";

    private static final String PATH = "/metadata/identity/oauth2/token";
    private static final Map<String, String> IDENTITY =
            Map.of("client_id", CLIENT_ID, "object_id", OBJECT_ID, "msi_res_id", RESOURCE_ID);

    private FakeImds(TimeSource time) {
        super(time, null);
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeImds start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeImds start(TimeSource time) {
        return new FakeImds(time).started();
    }

    /**
     * Where this listens, in place of {@code http://169.254.169.254}.
     *
     * @return without a path
     */
    public URI base() {
        return URI.create(url(""));
    }

    @Override
    FakeImds self() {
        return this;
    }

    /** The variable that moves the service elsewhere; the real one is found without any. */
    @Override
    Map<String, String> variables() {
        return Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", url(""));
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        if (!request.path().equals(PATH)) {
            return new Complaint(404, "not_found", "There is nothing here.");
        }
        if (!request.method().equals("GET")) {
            return new Complaint(405, "method_not_allowed", "The method is not allowed.");
        }
        if (!"true".equals(request.header("Metadata")) || request.header("X-Forwarded-For") != null) {
            return new Complaint(400, "invalid_request", "Required metadata header not specified");
        }
        if (query == null || !"2018-02-01".equals(query.get("api-version"))) {
            return new Complaint(400, "invalid_request", "Required query variable 'api-version' is missing or unsupported");
        }
        if (query.getOrDefault("resource", "").isEmpty()) {
            return new Complaint(400, "invalid_request", "Required query variable 'resource' is missing");
        }
        return checkIdentity(query);
    }

    private static @Nullable Complaint checkIdentity(Map<String, String> query) {
        return isKnown(query, IDENTITY) ? null : new Complaint(400, "invalid_request", "Identity not found");
    }

    /** Whether a query names no identity, or one by one of its names. */
    static boolean isKnown(Map<String, String> query, Map<String, String> names) {
        Map<String, String> selectors = new LinkedHashMap<>(query);
        selectors.keySet().removeAll(List.of("api-version", "resource"));
        return selectors.size() < 2 && names.entrySet().containsAll(selectors.entrySet());
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        return object().put("access_token", token).put("client_id", CLIENT_ID)
                .put("expires_in", Long.toString(lifetime.toSeconds())).put("expires_on", Long.toString(end.getEpochSecond()))
                .put("ext_expires_in", Long.toString(lifetime.toSeconds()))
                .put("not_before", Long.toString(end.minus(lifetime).getEpochSecond() - 300))
                .put("resource", resource(request)).put("token_type", "Bearer").put("refresh_token", "");
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        return object().put("error", code).put("error_description", sentence);
    }
}
