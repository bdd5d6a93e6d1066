package dev.monocred.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;

/**
 * Service Fabric's token service: TLS with a self-signed certificate of another host name, which is made when it starts and
 * known by its thumbprint only. Strict; safe for use by several threads; {@link #close()} it.
 */
public final class FakeServiceFabric extends FakeHost<FakeServiceFabric> {

    private static final String PATH = "/metadata/identity/oauth2/token";
    private static final String SECRET = "912e4af7-0000-4000-8000-0000000000bb";

    private final HeldCertificate certificate;

    private FakeServiceFabric(TimeSource time, HeldCertificate certificate) {
        super(time, certificate);
        this.certificate = certificate;
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeServiceFabric start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeServiceFabric start(TimeSource time) {
        return new FakeServiceFabric(time, new HeldCertificate.Builder().commonName("an invented cluster")
                .addSubjectAlternativeName("cluster.example.com").duration(1, TimeUnit.DAYS).build()).started();
    }

    /**
     * The thumbprint of the server's certificate.
     *
     * @return 40 upper-case digits
     */
    public String thumbprint() {
        try {
            return HexFormat.of().withUpperCase().formatHex(
                    MessageDigest.getInstance("SHA-1").digest(certificate.certificate().getEncoded()));
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    @Override
    FakeServiceFabric self() {
        return this;
    }

    @Override
    Map<String, String> variables() {
        return Map.of("IDENTITY_ENDPOINT", url(PATH), "IDENTITY_HEADER", SECRET, "IDENTITY_SERVER_THUMBPRINT", thumbprint());
    }

    @Override
    @Nullable Complaint check(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        if (!request.path().equals(PATH) || !request.method().equals("GET")) {
            return new Complaint(404, "NotFound", "There is nothing here.");
        }
        if (request.header("Secret") == null) {
            return new Complaint(400, "SecretHeaderNotFound", "Secret is not found in the request headers.");
        }
        if (!SECRET.equals(request.header("Secret"))) {
            return new Complaint(404, "ManagedIdentityNotFound", "The provided secret matches no managed identity.");
        }
        if (query == null || !"2019-07-01-preview".equals(query.get("api-version"))) {
            return new Complaint(400, "InvalidApiVersion", "The api-version is missing. Supported version is 2019-07-01-preview.");
        }
        if (resource(request).isEmpty()) {
            return new Complaint(400, "ArgumentNullOrEmpty", "The parameter resource must not be null or empty.");
        }
        return Set.of("api-version", "resource", "xms_cc", "token_sha256_to_refresh").containsAll(query.keySet())
                && !resource(request).endsWith("/") ? null : new Complaint(500, "InternalServerError", "An error occurred.");
    }

    @Override
    ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime) {
        return object().put("token_type", "Bearer").put("access_token", token).put("expires_on", end.getEpochSecond())
                .put("resource", resource(request));
    }

    @Override
    ObjectNode refusal(String code, String sentence) {
        ObjectNode json = object();
        json.putObject("error").put("code", code).put("correlationId", "7f30f4d3-0000-4000-8000-000000000002")
                .put("message", sentence);
        return json;
    }
}
