package dev.monocred.internal.managedidentity;

import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.managedidentity.ManagedIdentityId.Kind;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Azure Machine Learning, and whatever else still has version 2017-09-01 (platform.md 8, 4.2).
 *
 * @param machine has the variables
 * @param id which identity
 * @param http sends
 */
record MachineLearningSource(Machine machine, ManagedIdentityId id, HttpExchange http) implements ManagedIdentitySource {

    @Override
    public String host() {
        return "Azure Machine Learning";
    }

    @Override
    public Mono<Void> prepare() {
        return id.isSystem() || id.kind() == Kind.CLIENT_ID ? Mono.empty()
                : Mono.error(() -> HostErrors.unavailable(host() + " does not know identities by " + id.name(), "Use clientId"));
    }

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return Mono.defer(() -> {
            Endpoint endpoint = Endpoint.parse("MSI_ENDPOINT", machine.variable("MSI_ENDPOINT"));
            HostSecret secret = HostSecret.read(machine, "MSI_SECRET");
            return http.send(HttpCall.get(endpoint.with(parameters(request)),
                    Map.of("secret", secret.value(), "Metadata", "true"))).map(secret::hide);
        });
    }

    private Map<String, String> parameters(ResourceRequest request) {
        Map<String, String> parameters = request.parameters("2017-09-01");
        String clientId = id.isSystem() ? machine.variable("DEFAULT_IDENTITY_CLIENT_ID") : id.value();
        if (clientId != null) {
            parameters.put("clientid", clientId);
        }
        return parameters;
    }
}
