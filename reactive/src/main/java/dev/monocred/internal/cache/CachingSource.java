package dev.monocred.internal.cache;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.AccessTokenEntry;
import dev.monocred.core.cache.CachedResponse;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.source.TokenSource;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A stored token ends a flight; otherwise it goes on, and what comes back is stored. Below the refresher, which asks only when
 * it has nothing better: so a token that came from here before is not given out again, but another process may have left a
 * newer one. Claims are for the server: they skip the reading, not the storing.
 */
public final class CachingSource implements TokenSource {

    private static final int MAX_REMEMBERED = 1_000;

    private final TokenStores stores;
    private final Place place;
    private final TimeSource time;
    private final TokenSource source;
    private final ConcurrentMap<TokenRequestContext, Integer> given = new ConcurrentHashMap<>(2);

    /**
     * Whose tokens, and from where.
     *
     * @param owner names the account, at each acquisition
     * @param tenant the tenant where the request names none
     */
    public record Place(Function<TokenRequestContext, Owner> owner, String tenant) {

        String tenant(TokenRequestContext request) {
            return Objects.requireNonNullElse(request.tenantId(), tenant);
        }
    }

    /**
     * Wraps a source.
     *
     * @param stores where tokens are kept
     * @param place whose they are
     * @param time when a token has ended
     * @param source asked when no token is kept
     */
    public CachingSource(TokenStores stores, Place place, TimeSource time, TokenSource source) {
        this.stores = stores;
        this.place = place;
        this.time = time;
        this.source = source;
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        Mono<AccessToken> fresh = source.acquire(request).flatMap(token -> store(request, token).thenReturn(token));
        return (request.claims() == null ? stored(request).switchIfEmpty(fresh) : fresh)
                .doOnNext(token -> remember(request, token));
    }

    private Mono<AccessToken> stored(TokenRequestContext request) {
        return stores.read(request.isCaeEnabled()).flatMap(document -> Mono.justOrEmpty(
                        document.accessToken(place.owner.apply(request), place.tenant(request), request.scopes(), now())))
                .map(AccessTokenEntry::token)
                .filter(token -> !Objects.equals(given.get(request), token.token().hashCode()));
    }

    private Mono<Void> store(TokenRequestContext request, AccessToken token) {
        Owner owner = place.owner.apply(request);
        CachedResponse response = new CachedResponse(owner.environment(), owner.clientId(), owner.homeAccountId(),
                place.tenant(request), request.scopes(), owner.userAssertionHash(),
                new TokenResponse(token, null, null, null, null, null), now());
        return stores.update(request.isCaeEnabled(), document -> document.with(response.entries()));
    }

    private void remember(TokenRequestContext request, AccessToken token) {
        if (given.size() >= MAX_REMEMBERED) {
            given.clear();
        }
        given.put(request, token.token().hashCode());
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.wallMillis());
    }
}
