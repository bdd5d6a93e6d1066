package dev.monocred.internal.cache;

import dev.monocred.core.cache.TokenCacheDocument;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** A document in memory. */
final class MemoryTokenStore implements TokenStore {

    private final AtomicReference<TokenCacheDocument> document = new AtomicReference<>(TokenCacheDocument.EMPTY);

    @Override
    public Mono<TokenCacheDocument> read() {
        return Mono.fromSupplier(document::get);
    }

    @Override
    public Mono<Void> update(UnaryOperator<TokenCacheDocument> change) {
        return Mono.fromRunnable(() -> document.updateAndGet(before -> change.apply(before).withoutAccessTokens()));
    }
}
