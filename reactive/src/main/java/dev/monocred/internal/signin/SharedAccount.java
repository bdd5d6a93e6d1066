package dev.monocred.internal.signin;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.cache.SharedCache;
import dev.monocred.internal.runtime.Turnstiles;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * Somebody who signed in to another program. That program's cache gets nothing from us but the successor of a refresh token
 * of our own application (token-cache.md 9).
 */
final class SharedAccount implements RefreshTokens {

    private static final String TURN = "account";

    private final Owner owner;
    private final SharedCache cache;
    private final Turnstiles turns = new Turnstiles(1);
    private final AtomicBoolean isOutsideFamily = new AtomicBoolean();

    SharedAccount(Owner owner, SharedCache cache) {
        this.owner = owner;
        this.cache = cache;
    }

    @Override
    public <T> Mono<T> inTurn(Mono<T> work) {
        return turns.pass(TURN, work);
    }

    @Override
    public Mono<List<RefreshTokenEntry>> refreshTokens(boolean isCae) {
        return cache.stores().read(isCae).map(document -> document.refreshTokens(owner).stream()
                .filter(entry -> !isOutsideFamily.get() || isOurs(entry)).toList());
    }

    private boolean isOurs(RefreshTokenEntry entry) {
        return entry.clientId().equalsIgnoreCase(owner.clientId());
    }

    @Override
    public Mono<TokenResponse> refreshed(TokenRequestContext request, RefreshTokenEntry redeemed, TokenResponse response) {
        return Mono.defer(() -> {
            String successor = response.refreshToken();
            if (successor == null || successor.equals(redeemed.secret())) {
                return Mono.just(response);
            }
            if (isOurs(redeemed)) {
                return cache.replaceEverywhere(redeemed.secret(), successor).thenReturn(response);
            }
            cache.replace(redeemed.secret(), successor);
            return Mono.just(response);
        });
    }

    @Override
    public Mono<Void> forget(RefreshTokenEntry spent) {
        return Mono.fromRunnable(() -> cache.forget(spent.secret()));
    }

    @Override
    public Mono<Void> leaveFamily() {
        return Mono.fromRunnable(() -> isOutsideFamily.set(true));
    }
}
