package dev.monocred.spi;

import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * A place of your own for what credentials remember across restarts: a database, a secret store, a shared memory. Its content
 * is the JSON document that Microsoft's libraries share; it holds refresh tokens, so whoever can read the place can act as
 * the people who signed in.
 *
 * <p>Each method does its work at subscription, may be subscribed to any number of times and from any thread, and must not
 * block. A failed read or write does not fail a token request that can do without it: it is logged as a warning.
 */
public interface TokenCacheStore {

    /**
     * Reads everything.
     *
     * @return the content that was written last; empty if there is none
     */
    Mono<byte[]> read();

    /**
     * Replaces everything. Readers must see the old content or the new, never a mixture.
     *
     * @param content not to be changed afterwards
     * @return completes when the content will survive the end of the process
     */
    Mono<Void> write(byte[] content);

    /**
     * Reads, changes and writes. Override it where several processes share the place: nothing that another process writes
     * meanwhile may be lost, so either keep others out or start again when the content has changed.
     *
     * @param change gives the new content for the present one, which is empty if there is none; pure, fast, and called anew
     *     at each attempt; the same array means that there is nothing to write
     * @return completes when the change is stored
     */
    default Mono<Void> update(UnaryOperator<byte[]> change) {
        return read().defaultIfEmpty(new byte[0]).flatMap(present -> {
            byte[] changed = change.apply(present);
            return changed == present ? Mono.empty() : write(changed);
        });
    }

    /**
     * Names the present content, so that it need not be read again while it is the same.
     *
     * @return a text that is another one after each change; empty, as by default, if that cannot be told: then the content
     *     is read whenever it is needed
     */
    default Mono<String> version() {
        return Mono.empty();
    }
}
