package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpFailure;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/**
 * Service Fabric (platform.md 7), whose server has a certificate of its own making: only that one certificate is trusted, so
 * the secret goes to nobody else. It is the one host that takes tokens back (platform.md 11): with CAE, a challenge names the
 * token that was refused, by its hash.
 */
final class ServiceFabricSource implements ManagedIdentitySource {

    private static final String ENDPOINT = "IDENTITY_ENDPOINT";
    private static final int MAX_REMEMBERED = 1_000;
    private static final int OK = 200;

    private final Machine machine;
    private final ManagedIdentityId id;
    private final HttpExchange http;
    /** Of the last token with CAE, by resource. */
    private final ConcurrentMap<String, String> hashes = new ConcurrentHashMap<>();

    /**
     * Takes the host; nothing is sent.
     *
     * @param machine has the variables
     * @param id which identity
     * @param http sends, and trusts one certificate
     */
    ServiceFabricSource(Machine machine, ManagedIdentityId id, HttpExchange http) {
        this.machine = machine;
        this.id = id;
        this.http = http;
    }

    @Override
    public String host() {
        return "Service Fabric";
    }

    @Override
    public Mono<Void> prepare() {
        return id.isSystem() ? Mono.empty() : Mono.error(() -> HostErrors.unavailable(
                host() + " takes the identity of an application from its manifest, not by " + id.name(),
                "Leave out " + id.name() + " and configure the identity in the cluster"));
    }

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return Mono.defer(() -> {
            Endpoint endpoint = endpoint();
            HostSecret secret = HostSecret.read(machine, "IDENTITY_HEADER");
            return http.send(HttpCall.get(endpoint.with(parameters(request)), Map.of("Secret", secret.value())))
                    .map(secret::hide)
                    .doOnNext(answer -> remember(request, answer))
                    .onErrorMap(ServiceFabricSource::isOtherCertificate, failure -> HostErrors.failed(
                            "the certificate of Service Fabric's endpoint is not the one that IDENTITY_SERVER_THUMBPRINT names, and"
                                    + " nothing was sent", "The host sets both; do not change them", Details.NONE));
        });
    }

    private Endpoint endpoint() {
        Endpoint endpoint = Endpoint.parse(ENDPOINT, machine.variable(ENDPOINT));
        if (!endpoint.isSecure()) {
            throw HostErrors.failed("the variable " + ENDPOINT + " of Service Fabric holds no https address",
                    "The host sets it; do not change it", Details.NONE);
        }
        return endpoint;
    }

    private static boolean isOtherCertificate(Throwable error) {
        return error instanceof HttpFailure failure && failure.kind() == HttpFailure.Kind.TLS_UNTRUSTED;
    }

    private Map<String, String> parameters(ResourceRequest request) {
        Map<String, String> parameters = request.parameters("2019-07-01-preview");
        if (request.isCaeEnabled()) {
            parameters.put("xms_cc", "cp1");
        }
        String refused = request.isCaeEnabled() && request.isChallenged() ? hashes.get(request.resource()) : null;
        if (refused != null) {
            parameters.put("token_sha256_to_refresh", refused);
        }
        return parameters;
    }

    private void remember(ResourceRequest request, RawAnswer answer) {
        ObjectNode body = request.isCaeEnabled() && answer.status() == OK ? Json.object(answer.body()) : null;
        String token = body == null ? "" : body.path("access_token").asText("");
        if (!token.isEmpty()) {
            if (hashes.size() >= MAX_REMEMBERED) {
                hashes.clear();
            }
            hashes.put(request.resource(), HexFormat.of().formatHex(PinnedTrust.digest("SHA-256", token.getBytes(UTF_8))));
        }
    }

    @Override
    public String remedy() {
        return "Check that the application has an identity in its manifest, and that the resource is spelled without a slash too"
                + " many";
    }
}
