package dev.monocred.internal.signin;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.oauth.TokenResponse;
import java.util.List;
import reactor.core.publisher.Mono;

/** The refresh tokens of one account, and what becomes of them. */
interface RefreshTokens {

    /** Does the work when nobody else redeems a refresh token of this account. */
    <T> Mono<T> inTurn(Mono<T> work);

    /** The refresh tokens to try, the most promising first. */
    Mono<List<RefreshTokenEntry>> refreshTokens(boolean isCae);

    /** Remembers what a refresh token brought, before anybody sees the answer. */
    Mono<TokenResponse> refreshed(TokenRequestContext request, RefreshTokenEntry redeemed, TokenResponse response);

    /** Forgets a refresh token everywhere. */
    Mono<Void> forget(RefreshTokenEntry spent);

    /** The answer to a family's refresh token was that this application is not of the family. */
    Mono<Void> leaveFamily();
}
