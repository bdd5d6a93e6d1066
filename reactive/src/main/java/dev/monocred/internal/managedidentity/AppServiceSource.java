package dev.monocred.internal.managedidentity;

import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * App Service, Functions, Container Apps and Automation: version 2019-08-01 (platform.md 4.1).
 *
 * @param machine has the variables
 * @param id which identity
 * @param http sends
 */
record AppServiceSource(Machine machine, ManagedIdentityId id, HttpExchange http) implements ManagedIdentitySource {

    @Override
    public String host() {
        return "App Service";
    }

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return Mono.defer(() -> {
            Endpoint endpoint = Endpoint.parse("IDENTITY_ENDPOINT", machine.variable("IDENTITY_ENDPOINT"));
            HostSecret secret = HostSecret.read(machine, "IDENTITY_HEADER");
            // Automation wants Metadata, which the others do not mind.
            return http.send(HttpCall.get(endpoint.with(parameters(request)),
                    Map.of("X-IDENTITY-HEADER", secret.value(), "Metadata", "true"))).map(secret::hide);
        });
    }

    private Map<String, String> parameters(ResourceRequest request) {
        Map<String, String> parameters = request.parameters("2019-08-01");
        id.addTo(parameters, "mi_res_id");
        return parameters;
    }

    @Override
    public String remedy() {
        return "Check that the app has " + (id.isSystem()
                ? "a system-assigned identity, or name its user-assigned one with clientId" : "the identity " + id)
                + ", and that the resource exists";
    }
}
