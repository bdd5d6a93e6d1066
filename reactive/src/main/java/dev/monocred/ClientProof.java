package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.internal.entra.AssertionAuthentication;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.SecretAuthentication;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What a builder was told of how the application proves itself, before there is an engine. */
@FunctionalInterface
interface ClientProof {

    /** Makes it, for the credential of that name. */
    AuthenticationProvider in(EntraEngine entra, String credential);

    /** As the engines take it. */
    default Function<EntraEngine, AuthenticationProvider> of(String credential) {
        return entra -> in(entra, credential);
    }

    /** A secret, or {@code null} if it is blank. */
    static @Nullable ClientProof secret(String secret) {
        return secret.isBlank() ? null : (entra, credential) -> SecretAuthentication.of(secret);
    }

    /** A secret that can change. */
    static ClientProof secret(Supplier<Mono<String>> secret) {
        requireNonNull(secret, "clientSecret");
        return (entra, credential) -> SecretAuthentication.of(entra.callback(credential, "client secret", secret));
    }

    /** Assertions of the application's own. */
    static ClientProof assertion(Supplier<Mono<String>> assertion) {
        requireNonNull(assertion, "clientAssertion");
        return (entra, credential) -> new AssertionAuthentication(entra.callback(credential, "client assertion", assertion));
    }
}
