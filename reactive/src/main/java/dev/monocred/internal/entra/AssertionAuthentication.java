package dev.monocred.internal.entra;

import dev.monocred.core.oauth.ClientAuthentication;
import reactor.core.publisher.Mono;

/**
 * An assertion that the application's own code brings: asked for once for each acquisition (N-9). It is not asked again when
 * Entra refuses it, because each one differs from the last and nothing would tell a rotated key from a wrong one.
 */
public final class AssertionAuthentication implements AuthenticationProvider {

    private final Mono<Proof> proof;

    /** Asks that callback. */
    public AssertionAuthentication(ApplicationCallback callback) {
        this.proof = callback.text().map(assertion -> new Fixed(new ClientAuthentication.Assertion(assertion)));
    }

    @Override
    public Mono<Proof> prepare() {
        return proof;
    }
}
