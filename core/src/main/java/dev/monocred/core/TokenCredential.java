package dev.monocred.core;

import reactor.core.publisher.Mono;

/** An object that can get access tokens. Implementations are safe for use by any number of threads. */
@FunctionalInterface
public interface TokenCredential {

    /**
     * Requests a token.
     *
     * <p>Nothing happens before subscription; each subscription evaluates afresh, so a stored {@code Mono} never yields an
     * old token. Subscribers that ask with an equal request while one is under way share it; cancelling one of them neither
     * stops the request nor disturbs the others. A token that is already known is emitted on the subscribing thread; one
     * that had to be fetched, on the thread that brought it.
     *
     * @param request what the token is for
     * @return exactly one token, never empty; fails with {@link CredentialUnavailableException} if this credential cannot
     *     be tried here, with {@link ClientAuthenticationException} if it was tried and refused, with
     *     {@link IllegalArgumentException} if the request itself is malformed (no scope, a blank scope), and with
     *     {@link IllegalStateException} if this credential is closed
     */
    Mono<AccessToken> getToken(TokenRequestContext request);

    /**
     * Requests a token for the given scopes; otherwise as {@link #getToken(TokenRequestContext)}.
     *
     * @param scopes the scopes, usually one that ends in {@code /.default}
     * @return exactly one token, never empty; fails as {@link #getToken(TokenRequestContext)} does
     */
    default Mono<AccessToken> getToken(String... scopes) {
        return getToken(TokenRequestContext.of(scopes));
    }

    /**
     * Releases what this credential holds. Acts on subscription and is idempotent. Afterwards {@code getToken} fails with
     * {@link IllegalStateException}; requests under way end with that error. {@code Mono.usingWhen(…,
     * TokenCredential::close)} is the counterpart of Python's {@code async with}.
     *
     * @return completes, always empty, when the credential's requests have ended
     */
    default Mono<Void> close() {
        return Mono.empty();
    }
}
