package dev.monocred.internal.cache;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CachedResponse;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.source.TokenSource;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * Stores what an application gets for itself, before anybody sees it. What people get is stored with their accounts.
 *
 * @param stores where tokens are kept
 * @param place whose they are
 * @param time when a token came
 * @param source where tokens come from
 */
public record StoringSource(TokenStores stores, TokenPlace place, TimeSource time, TokenSource source) implements TokenSource {

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return source.acquire(request).flatMap(token -> store(request, token).thenReturn(token));
    }

    private Mono<Void> store(TokenRequestContext request, AccessToken token) {
        Owner owner = requireNonNull(place.owner().get(), "an application is always somebody");
        CachedResponse response = new CachedResponse(owner.environment(), owner.clientId(), owner.homeAccountId(),
                place.tenant(request), request.scopes(), owner.userAssertionHash(),
                new TokenResponse(token, null, null, null, null, null), Instant.ofEpochMilli(time.wallMillis()));
        return stores.update(request.isCaeEnabled(), document -> document.with(response.entries()));
    }
}
