package dev.monocred.examples.rememberme;

import dev.monocred.spi.TokenCacheStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/**
 * A place of the application's own for what credentials remember: here a table of a database that this example makes up. Who
 * writes such a class encrypts what it stores.
 */
final class OwnStore implements TokenCacheStore {

    /** Stands for a table with a column for the name and one for the content. */
    private static final ConcurrentMap<String, byte[]> TABLE = new ConcurrentHashMap<>();

    private final String cache;

    OwnStore(String cache) {
        this.cache = cache;
    }

    @Override
    public Mono<byte[]> read() {
        return Mono.fromSupplier(() -> TABLE.get(cache));
    }

    @Override
    public Mono<Void> write(byte[] content) {
        return Mono.fromRunnable(() -> TABLE.put(cache, content));
    }
}
