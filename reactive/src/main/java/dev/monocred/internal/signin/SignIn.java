package dev.monocred.internal.signin;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.TokenResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * How a credential gets somebody in when no refresh token does: the only thing that differs between the credentials of
 * people. A code or a password is redeemed, a person is sent to a browser or shown a code.
 */
@FunctionalInterface
public interface SignIn {

    /**
     * Signs in. Nothing happens before subscription; subscribing does not block; cancelling stops everything and frees
     * ports, polls and whatever else is held.
     *
     * @param request for which scopes, tenant and claims; claims of a refusal are in it
     * @param refusal why the refresh token did not do, or {@code null} if there was none
     * @return what the token endpoint gave; an error of its own; or empty if there is nothing left to sign in with
     */
    Mono<TokenResponse> signIn(TokenRequestContext request, @Nullable ClientAuthenticationException refusal);
}
