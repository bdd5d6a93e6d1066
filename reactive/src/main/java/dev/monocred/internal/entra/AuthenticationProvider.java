package dev.monocred.internal.entra;

import dev.monocred.core.EntraError;
import dev.monocred.core.oauth.ClientAuthentication;
import java.net.URI;
import reactor.core.publisher.Mono;

/** How an application comes by its proof, in the two steps that differ: once for an acquisition, and once for an attempt. */
public interface AuthenticationProvider {

    /** A public client has nothing to prove itself with. */
    AuthenticationProvider NONE = () -> Mono.just(new Fixed(new ClientAuthentication.None()));

    /**
     * Gets what the proof is made of: asks for a secret or an assertion, reads a certificate. Subscribed once for each
     * acquisition; does not block.
     */
    Mono<Proof> prepare();

    /**
     * Whether asking again after a refusal may bring something else that is worth one more attempt.
     *
     * @param refusal what Entra said about the last one
     */
    default boolean isWorthAnother(EntraError refusal) {
        return false;
    }

    /** Makes the proof of one attempt; equal proofs make equal ones. */
    @FunctionalInterface
    interface Proof {

        /**
         * Makes it anew, for example with another {@code jti}. Subscribed once for each attempt.
         *
         * @param tokenEndpoint the audience of an assertion
         */
        Mono<ClientAuthentication> forAttempt(URI tokenEndpoint);
    }

    /**
     * The same for each attempt.
     *
     * @param authentication what proves the application
     */
    record Fixed(ClientAuthentication authentication) implements Proof {

        @Override
        public Mono<ClientAuthentication> forAttempt(URI tokenEndpoint) {
            return Mono.just(authentication);
        }
    }
}
