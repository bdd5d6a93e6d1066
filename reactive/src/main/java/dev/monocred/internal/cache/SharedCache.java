package dev.monocred.internal.cache;

import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.core.cache.TokenCacheJson;
import dev.monocred.internal.storage.SharedPlace;
import dev.monocred.internal.storage.StorageFailure;
import dev.monocred.spi.TokenCacheStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What the programs of this machine share, as one document: other programs own it. It is read anew for each acquisition, and
 * changed only where a refresh token was replaced by its successor. What became of refresh tokens that lie where we cannot
 * write is remembered here.
 */
public final class SharedCache {

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");

    /** The steps of one acquisition see one state, and need the tools once. */
    private static final Duration FRESH = Duration.ofSeconds(2);
    /** A refresh token is replaced once an hour or so; beyond this an old one may be tried once more. */
    private static final int MAX_REMEMBERED = 100;
    private static final String SPENT = "";

    private final Mono<List<Found>> found;
    /** By the refresh token that somebody wrote: the one to use now, or that there is none. */
    private final ConcurrentMap<String, String> successors = new ConcurrentHashMap<>(2);

    private record Found(SharedPlace place, TokenCacheDocument document, @Nullable StorageFailure failure) {

        TokenCacheDocument seenBy(boolean isCae) {
            return place.isFor(isCae) ? document : document.withoutAccessTokens();
        }
    }

    /**
     * Puts the places together; nothing is read yet.
     *
     * @param places where to look; where two have the same, the first counts
     * @param timer forgets what was read
     */
    public SharedCache(List<SharedPlace> places, Scheduler timer) {
        this.found = Flux.fromIterable(places).flatMapSequential(SharedCache::look).collectList().cache(FRESH, timer);
    }

    private static Mono<Found> look(SharedPlace place) {
        return place.content().map(content -> new Found(place, document(content), null))
                .defaultIfEmpty(new Found(place, TokenCacheDocument.EMPTY, null))
                .onErrorResume(StorageFailure.class, failure -> Mono.just(new Found(place, TokenCacheDocument.EMPTY, failure)));
    }

    /** What others wrote and we cannot read is no business of ours. */
    private static TokenCacheDocument document(byte[] content) {
        return Objects.requireNonNullElse(TokenCacheJson.read(content), TokenCacheDocument.EMPTY);
    }

    /** The documents, for reading: {@link StorageFailure} if nothing was found and some place could not be looked at. */
    public TokenStores stores() {
        return new TokenStores(new View(false), new View(true));
    }

    /** A refresh token also counts in the other mode; an access token only in its own. */
    private final class View implements TokenStore {

        private final boolean isCae;

        View(boolean isCae) {
            this.isCae = isCae;
        }

        @Override
        public Mono<TokenCacheDocument> read() {
            return found.flatMap(all -> {
                TokenCacheDocument merged = all.stream().map(each -> current(each.seenBy(isCae)))
                        .reduce(TokenCacheDocument.EMPTY, (first, next) -> first.mergedWith(TokenCacheDocument.EMPTY, next));
                StorageFailure failure = all.stream().map(Found::failure).filter(Objects::nonNull).findFirst().orElse(null);
                return failure != null && merged.equals(TokenCacheDocument.EMPTY) ? Mono.error(failure) : Mono.just(merged);
            });
        }

        @Override
        public Mono<Void> update(UnaryOperator<TokenCacheDocument> change) {
            return Mono.error(new UnsupportedOperationException("the shared cache belongs to others"));
        }
    }

    private TokenCacheDocument current(TokenCacheDocument document) {
        TokenCacheDocument current = document;
        for (var each : successors.entrySet()) {
            current = each.getValue().equals(SPENT) ? current.withoutRefreshToken(each.getKey())
                    : current.withRotated(each.getKey(), each.getValue());
        }
        return current;
    }

    /** A refresh token is not to be used any more. Nobody's cache is changed. */
    public void forget(String secret) {
        remember(secret, SPENT);
    }

    /** A refresh token has a successor; for us alone. */
    public void replace(String secret, String successor) {
        remember(secret, successor);
    }

    private void remember(String secret, String now) {
        if (successors.size() >= MAX_REMEMBERED) {
            successors.clear();
        }
        successors.replaceAll((written, last) -> last.equals(secret) ? now : last);
        successors.put(secret, now);
    }

    /** A refresh token has a successor; for everybody, in each place where it lies and that we can write. */
    public Mono<Void> replaceEverywhere(String secret, String successor) {
        replace(secret, successor);
        UnaryOperator<TokenCacheDocument> change = document -> document.withRotated(secret, successor);
        return found.flatMapIterable(all -> all)
                .concatMap(each -> each.place.store() == null || change.apply(each.document).equals(each.document)
                        ? Mono.empty() : write(each.place.store(), change))
                .then();
    }

    private static Mono<Void> write(TokenCacheStore store, UnaryOperator<TokenCacheDocument> change) {
        return store.update(present -> {
            TokenCacheDocument document = document(present);
            TokenCacheDocument changed = change.apply(document);
            return changed.equals(document) ? present : TokenCacheJson.write(changed);
        }).onErrorResume(StorageFailure.class, failure -> {
            LOG.warn("A new refresh token is remembered in memory only: {}.", failure.getMessage());
            return Mono.empty();
        });
    }
}
