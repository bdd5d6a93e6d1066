package dev.monocred.internal.cache;

import dev.monocred.core.TimeSource;
import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.spi.TokenCacheStore;
import java.util.function.Function;
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

    /**
     * Two documents in stores that outlive the process.
     *
     * @param credential whose name stands first in an error
     * @param stores makes the store of a cache by its full name; touches nothing
     * @param name the cache's name without the ending of its kind
     * @param time when a token has ended
     */
    public static TokenStores persistent(String credential, Function<String, TokenCacheStore> stores, String name, TimeSource time) {
        return new TokenStores(new PersistentTokenStore(credential, stores.apply(name + ".nocae"), time),
                new PersistentTokenStore(credential, stores.apply(name + ".cae"), time));
    }

    /**
     * Looks into one of them.
     *
     * @param isCae which
     */
    public Mono<TokenCacheDocument> read(boolean isCae) {
        return (isCae ? cae : plain).read();
    }

    /**
     * Changes one of them.
     *
     * @param isCae which
     * @param change as {@link TokenStore#update} wants it
     */
    public Mono<Void> update(boolean isCae, UnaryOperator<TokenCacheDocument> change) {
        return (isCae ? cae : plain).update(change);
    }
}
