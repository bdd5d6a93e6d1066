package dev.monocred.internal.storage;

import dev.monocred.spi.TokenCacheStore;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One of the places where programs of this machine keep tokens of people.
 *
 * @param kind which tokens lie there
 * @param content reads it; empty if nothing is there; fails with {@link StorageFailure} if one cannot look
 * @param store changes it; {@code null} where that is for the others alone
 */
public record SharedPlace(Kind kind, Mono<byte[]> content, @Nullable TokenCacheStore store) {

    /** Which tokens lie in a place. */
    public enum Kind {
        /** Without continuous access evaluation. */
        PLAIN,
        /** With it. */
        CAE,
        /** Both, and nobody can tell which is which. */
        MIXED
    }

    /**
     * Whether access tokens that lie there may be given out.
     *
     * @param isCae for callers with continuous access evaluation, or for those without
     */
    public boolean isFor(boolean isCae) {
        return kind == (isCae ? Kind.CAE : Kind.PLAIN);
    }

    static SharedPlace readOnly(Kind kind, Mono<byte[]> content) {
        return new SharedPlace(kind, content, null);
    }
}
