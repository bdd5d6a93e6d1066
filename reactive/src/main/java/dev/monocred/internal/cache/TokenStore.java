package dev.monocred.internal.cache;

import dev.monocred.core.cache.TokenCacheDocument;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * Where one document is kept. In memory now; a file with a lock can stand here without any credential noticing.
 */
public interface TokenStore {

    /**
     * Looks.
     *
     * @return the document as it is now; never empty; an empty document if nothing is kept
     */
    Mono<TokenCacheDocument> read();

    /**
     * Changes the document; nobody sees a half of it, and no change of anybody else's is lost.
     *
     * @param change pure; may be called more than once
     * @return completes when everybody sees the change
     */
    Mono<Void> update(UnaryOperator<TokenCacheDocument> change);

    /**
     * A document that lives as long as its credential. It keeps no access tokens: those are with the refresher.
     *
     * @return an empty store
     */
    static TokenStore inMemory() {
        return new MemoryTokenStore();
    }
}
