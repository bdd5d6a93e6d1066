package dev.monocred.internal.source;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import reactor.core.publisher.Mono;

/**
 * How a token is obtained, not when: the waist between "which credential" and "which wire". Refresher, logging and cache
 * are token sources that wrap a token source.
 */
@FunctionalInterface
public interface TokenSource {

    /**
     * Obtains a token anew. Nothing happens before subscription; subscribing never blocks; cancelling frees whatever the
     * acquisition holds.
     *
     * @param request a valid request with the resolved tenant ({@code null} for the credential's own)
     * @return exactly one token or an error
     */
    Mono<AccessToken> acquire(TokenRequestContext request);
}
