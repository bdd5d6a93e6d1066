package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.oauth.Malformed;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.http.HttpLimits;
import dev.monocred.internal.runtime.Turnstiles;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * The metadata service of virtual machines, and of whatever looks like one (platform.md 3). It is the only host without a
 * variable to be found by, so that its absence shows only in what comes back: outside Azure nothing does, and a chain finds
 * that out within a second, by a question that costs nothing.
 */
final class ImdsSource implements ManagedIdentitySource {

    static final String OVERRIDE = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

    /** An attempt (N-1, platform.md 3.5). */
    static final HttpLimits LIMITS =
            HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(30));
    /** A question whether anybody is there. */
    static final HttpLimits PROBE_LIMITS =
            HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

    private static final String PATH = "/metadata/identity/oauth2/token";
    private static final Map<String, String> METADATA = Map.of("Metadata", "true");
    private static final int FORBIDDEN = 403;

    private final Hosts hosts;
    private final HttpExchange http;
    private final HttpExchange probe;
    private final Endpoint endpoint;
    private final boolean isCertain;

    /**
     * Takes the metadata service of a machine; nothing is asked.
     *
     * @param hosts says where it is, which identity is meant, and whether others are to be tried if it is not there
     * @param http sends, within {@link #LIMITS}
     * @param probe asks whether it is there, within {@link #PROBE_LIMITS}
     */
    ImdsSource(Hosts hosts, HttpExchange http, HttpExchange probe) {
        String override = hosts.machine().variable(OVERRIDE);
        this.hosts = hosts;
        this.http = http;
        this.probe = probe;
        this.endpoint = Endpoint.parse(OVERRIDE, override == null ? hosts.machine().imds().toString() : override).below(PATH);
        this.isCertain = hosts.position() == Position.ONLY_ONE || override != null;
    }

    /** What all credentials know together: the service is the machine's, not theirs. */
    private static final class Shared {
        /** At most two requests at a time (N-10). */
        private final Turnstiles turnstiles = new Turnstiles(2);
        /** Who has answered anybody: success is remembered, failure never. */
        private final Set<String> present = ConcurrentHashMap.newKeySet();
    }

    private Shared shared() {
        return hosts.runtime().shared(Shared.class, Shared::new);
    }

    @Override
    public String host() {
        return "the metadata service " + authority();
    }

    private String authority() {
        return endpoint.uri().getAuthority();
    }

    @Override
    public HostRetryRule rule() {
        return HostRetryRule.IMDS;
    }

    private boolean isChained() {
        return hosts.position().isChained() && !isCertain;
    }

    @Override
    public Mono<Void> prepare() {
        return Mono.defer(() -> isChained() && !isKnownToExist() ? probe() : Mono.empty());
    }

    /** Any answer at all will do, also one to somebody else while we wait in line; that wait counts too. */
    private Mono<Void> probe() {
        return Mono.defer(() -> {
            long latest = hosts.time().nanos() + PROBE_LIMITS.total().toNanos() / 2;
            return inTurn(Mono.defer(() -> isKnownToExist() ? Mono.empty()
                    // Whoever has waited long would be cut off at once, and so would all behind, one after the other.
                    : hosts.time().nanos() > latest ? Mono.error(this::silent)
                    // Without the header, so that it costs the service nothing.
                    : probe.send(HttpCall.get(endpoint.uri(), Map.of()))));
        }).flatMap(this::presence).timeout(PROBE_LIMITS.total(), Mono.error(this::silent), hosts.timer());
    }

    private Mono<Void> presence(RawAnswer raw) {
        return isUnreachable(raw) ? Mono.error(() -> HostErrors.unavailable(
                "something answers in place of " + host() + " that cannot reach it", remedy())) : Mono.empty();
    }

    private CredentialUnavailableException silent() {
        return HostErrors.unavailable("no answer from " + host() + " within " + PROBE_LIMITS.total().toSeconds() + " s", remedy());
    }

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return inTurn(http.send(HttpCall.get(endpoint.with(parameters(request)), METADATA)));
    }

    private Mono<RawAnswer> inTurn(Mono<RawAnswer> work) {
        return Mono.defer(() -> shared().turnstiles.pass(authority(), work)).doOnNext(raw -> {
            if (!isUnreachable(raw)) {
                shared().present.add(authority());
            }
        });
    }

    private Map<String, String> parameters(ResourceRequest request) {
        Map<String, String> parameters = request.parameters("2018-02-01");
        // Not mi_res_id: Container Instances do not know it.
        hosts.id().addTo(parameters, "msi_res_id");
        return parameters;
    }

    /** Docker Desktop's proxy says so; the one place where a text decides (platform.md 3.6). */
    private static boolean isUnreachable(RawAnswer raw) {
        return raw.status() == FORBIDDEN
                && new String(raw.body(), UTF_8).toLowerCase(Locale.ROOT).contains("unreachable");
    }

    @Override
    public boolean isKnownToExist() {
        return isCertain || shared().present.contains(authority());
    }

    /** 400: no such identity; 502 and 504: a gateway in its place. */
    @Override
    public boolean isAbsence(TokenAnswer answer) {
        if (answer instanceof Refused refused) {
            int status = refused.error().httpStatus();
            return Set.of(400, 502, 504).contains(status)
                    || (status == FORBIDDEN && HostErrors.says(refused.error(), "unreachable"));
        }
        return answer instanceof Malformed && isChained();
    }

    @Override
    public boolean isAbsence(HttpFailure failure) {
        return true;
    }

    @Override
    public String remedy() {
        ManagedIdentityId id = hosts.id();
        return (id.isSystem() ? "Give the machine an identity, and name a user-assigned one with clientId"
                : "Assign the identity " + id + " to the machine")
                + "; in App Service, Functions and Container Apps, IDENTITY_ENDPOINT and IDENTITY_HEADER must reach this process";
    }
}
