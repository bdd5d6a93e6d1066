package dev.monocred.internal.managedidentity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.managedidentity.ManagedIdentityId.Kind;
import dev.monocred.internal.runtime.SharedRuntime;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Azure Arc's agent on a machine outside Azure (platform.md 6). Whoever asks has to show that it may read a file that the agent
 * writes for it; the file lives shortly, so that each attempt begins anew. Old agents know no user-assigned identities and
 * give out the machine's own without a word: a token for another identity than the one that was asked for is refused.
 *
 * @param machine has the variables and the key files
 * @param id which identity
 * @param runtime where files are read
 * @param http sends
 */
record ArcSource(Machine machine, ManagedIdentityId id, SharedRuntime.Lease runtime, HttpExchange http)
        implements ManagedIdentitySource {

    private static final String DEFAULT_ENDPOINT = "http://127.0.0.1:40342/metadata/identity/oauth2/token";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;

    @Override
    public String host() {
        return "Azure Arc";
    }

    @Override
    public Mono<Void> prepare() {
        return machine.isLinux() || machine.isWindows() ? Mono.empty() : Mono.error(() -> HostErrors.failed(
                host() + " gives no tokens on " + machine.os(), "Use it on Linux or Windows", Details.NONE));
    }

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return Mono.defer(() -> {
            URI uri = endpoint().with(parameters(request));
            return http.send(HttpCall.get(uri, Map.of("Metadata", "true")))
                    .flatMap(answer -> answer.status() == UNAUTHORIZED ? answerTo(uri, answer) : Mono.just(answer))
                    .doOnNext(this::checkIdentity);
        });
    }

    private Endpoint endpoint() {
        boolean isMarked = machine.has("IDENTITY_ENDPOINT", "IMDS_ENDPOINT");
        return Endpoint.parse("IDENTITY_ENDPOINT", isMarked ? machine.variable("IDENTITY_ENDPOINT") : DEFAULT_ENDPOINT);
    }

    private Map<String, String> parameters(ResourceRequest request) {
        Map<String, String> parameters = request.parameters("2020-06-01");
        // Not mi_res_id: the agent ignores it.
        id.addTo(parameters, "msi_res_id");
        return parameters;
    }

    private Mono<RawAnswer> answerTo(URI uri, RawAnswer challenge) {
        return Mono.fromCallable(() -> ArcKeyFile.of(machine, challenge.header("www-authenticate")).read())
                .subscribeOn(runtime.io())
                .flatMap(key -> http.send(HttpCall.get(uri, Map.of("Metadata", "true", "Authorization", "Basic " + key.value())))
                        .map(key::hide));
    }

    private void checkIdentity(RawAnswer answer) {
        ObjectNode body = id.isSystem() || answer.status() != OK ? null : Json.object(answer.body());
        if (body == null) {
            return;
        }
        Set<String> echoes = echoNames().stream().map(name -> body.path(name).asText("").toLowerCase(Locale.ROOT))
                .filter(echo -> !echo.isEmpty()).collect(Collectors.toSet());
        if (!echoes.equals(Set.of(id.value().toLowerCase(Locale.ROOT)))) {
            throw refusedToken(echoes.isEmpty() ? "does not say for which identity its token is"
                    : "gave a token for another identity than " + id);
        }
    }

    private List<String> echoNames() {
        return id.kind() == Kind.RESOURCE_ID ? List.of("msi_res_id", "mi_res_id")
                : List.of(id.kind() == Kind.CLIENT_ID ? "client_id" : "object_id");
    }

    private ClientAuthenticationException refusedToken(String what) {
        return HostErrors.failed(host() + " " + what + ", and the token was refused",
                "Update the agent, or leave out " + id.name() + " for the machine's own identity", Details.NONE);
    }

    @Override
    public String remedy() {
        return "Check that the agent is connected, and that the machine has the identity that is asked for";
    }
}
