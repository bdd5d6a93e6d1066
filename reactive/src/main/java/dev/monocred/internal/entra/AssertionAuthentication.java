package dev.monocred.internal.entra;

import dev.monocred.core.EntraError;
import dev.monocred.core.oauth.ClientAuthentication;
import reactor.core.publisher.Mono;

/**
 * An assertion that the application's own code brings: asked for once for each acquisition (N-9), and once more if Entra
 * finds it out of date, because it may come out of a cache (platform.md 16). Other refusals are final: each assertion differs
 * from the last, and nothing would tell a rotated key from a wrong one.
 */
public final class AssertionAuthentication implements AuthenticationProvider {

    private static final long OUT_OF_DATE = 700024;

    private final Mono<Proof> proof;

    /** Asks that callback. */
    public AssertionAuthentication(ApplicationCallback callback) {
        this.proof = callback.text().map(assertion -> new Fixed(new ClientAuthentication.Assertion(assertion)));
    }

    @Override
    public Mono<Proof> prepare() {
        return proof;
    }

    @Override
    public boolean isWorthAnother(EntraError refusal) {
        return refusal.errorCodes().contains(OUT_OF_DATE);
    }
}
