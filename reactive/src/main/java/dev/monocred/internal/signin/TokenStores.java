package dev.monocred.internal.signin;

import dev.monocred.core.cache.TokenCacheDocument;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * The two documents of a credential: a token for a caller that handles claims challenges must never go to one that does not.
 *
 * @param plain without continuous access evaluation
 * @param cae with it
 */
public record TokenStores(TokenStore plain, TokenStore cae) {

    /** Two documents in memory. */
    public static TokenStores inMemory() {
        return new TokenStores(TokenStore.inMemory(), TokenStore.inMemory());
    }

    Mono<TokenCacheDocument> read(boolean isCae) {
        return (isCae ? cae : plain).read();
    }

    Mono<Void> update(boolean isCae, UnaryOperator<TokenCacheDocument> change) {
        return (isCae ? cae : plain).update(change);
    }
}
