package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Bare token strings, for clients that take a bearer token provider. */
public final class BearerTokens {

    private BearerTokens() {}

    /**
     * Makes a provider of bearer tokens for the given scopes: the counterpart of Python's {@code get_bearer_token_provider}.
     *
     * @param credential where the tokens come from
     * @param scopes what they are for, usually one scope that ends in {@code /.default}
     * @return as {@link #getBearerTokenProvider(TokenCredential, TokenRequestContext)}
     */
    public static Supplier<Mono<String>> getBearerTokenProvider(TokenCredential credential, String... scopes) {
        return getBearerTokenProvider(credential, TokenRequestContext.of(scopes));
    }

    /**
     * Makes a provider of bearer tokens. It sends nothing by itself and remembers nothing: tokens are held and refreshed by
     * the credential.
     *
     * @param credential where the tokens come from
     * @param request what they are for
     * @return gives a {@code Mono} that, at each subscription, emits exactly one bare token (no {@code Bearer } before it) and
     *     fails as {@link TokenCredential#getToken(TokenRequestContext)} does; cancelling and threads are as there too
     */
    public static Supplier<Mono<String>> getBearerTokenProvider(TokenCredential credential, TokenRequestContext request) {
        return () -> credential.getToken(request).map(AccessToken::token);
    }
}
