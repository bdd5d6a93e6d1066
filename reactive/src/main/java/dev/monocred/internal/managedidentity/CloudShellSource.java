package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Cloud Shell, whose identity is the person who is signed in (platform.md 9).
 *
 * @param machine has the variable
 * @param id which identity
 * @param http sends
 */
record CloudShellSource(Machine machine, ManagedIdentityId id, HttpExchange http) implements ManagedIdentitySource {

    @Override
    public String host() {
        return "Cloud Shell";
    }

    @Override
    public Mono<Void> prepare() {
        return id.isSystem() ? Mono.empty() : Mono.error(() -> HostErrors.unavailable(
                host() + " has no identities to choose from by " + id.name() + ", only the person who is signed in",
                "Leave out " + id.name()));
    }

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return Mono.defer(() -> http.send(HttpCall.post(
                Endpoint.parse("MSI_ENDPOINT", machine.variable("MSI_ENDPOINT")).uri(),
                Map.of("Metadata", "true", "Content-Type", "application/x-www-form-urlencoded"),
                Endpoint.form(Map.of("resource", request.resource())).getBytes(UTF_8))));
    }

    @Override
    public String remedy() {
        return "Cloud Shell gives tokens for few resources; check the scope, or use AzureCliCredential";
    }
}
