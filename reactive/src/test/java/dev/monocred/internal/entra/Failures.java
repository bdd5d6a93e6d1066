package dev.monocred.internal.entra;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.ClientAuthenticationException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** How something failed. */
final class Failures {

    private Failures() {}

    /** Waits for the failure, and insists on its type. */
    static ClientAuthenticationException of(Mono<?> source) {
        return requireNonNull(source.then(Mono.<ClientAuthenticationException>error(() -> new AssertionError("it succeeded")))
                .onErrorResume(ClientAuthenticationException.class, Mono::just)
                .block(Duration.ofSeconds(30)));
    }
}
