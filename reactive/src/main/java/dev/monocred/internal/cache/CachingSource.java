package dev.monocred.internal.cache;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.AccessTokenEntry;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.internal.source.TokenSource;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/**
 * A stored token ends a flight; otherwise it goes on. Below the refresher, which asks only when it has nothing better: so a
 * token that came from here before is not given out again, but another process may have left a newer one. Claims are for the
 * server, so nothing stored answers them.
 */
public final class CachingSource implements TokenSource {

    private static final int MAX_REMEMBERED = 1_000;

    private final TokenStores stores;
    private final TokenPlace place;
    private final TimeSource time;
    private final TokenSource source;
    private final ConcurrentMap<TokenRequestContext, Integer> given = new ConcurrentHashMap<>(2);

    /**
     * Wraps a source.
     *
     * @param stores where tokens are kept
     * @param place whose they are
     * @param time when a token has ended
     * @param source asked when no token is kept
     */
    public CachingSource(TokenStores stores, TokenPlace place, TimeSource time, TokenSource source) {
        this.stores = stores;
        this.place = place;
        this.time = time;
        this.source = source;
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        Mono<AccessToken> fresh = Mono.defer(() -> source.acquire(request));
        return (request.claims() == null ? stored(request).switchIfEmpty(fresh) : fresh)
                .doOnNext(token -> remember(request, token));
    }

    private Mono<AccessToken> stored(TokenRequestContext request) {
        return Mono.defer(() -> {
            Owner owner = place.owner().get();
            return owner == null ? Mono.empty() : stored(owner, request);
        });
    }

    private Mono<AccessToken> stored(Owner owner, TokenRequestContext request) {
        return stores.read(request.isCaeEnabled()).flatMap(document -> Mono.justOrEmpty(document.accessToken(
                        owner, place.tenant(request), request.scopes(), Instant.ofEpochMilli(time.wallMillis()))))
                .map(AccessTokenEntry::token)
                .filter(token -> !Objects.equals(given.get(request), token.token().hashCode()));
    }

    private void remember(TokenRequestContext request, AccessToken token) {
        if (given.size() >= MAX_REMEMBERED) {
            given.clear();
        }
        given.put(request, token.token().hashCode());
    }
}
