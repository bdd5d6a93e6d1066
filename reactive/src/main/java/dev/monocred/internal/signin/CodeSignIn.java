package dev.monocred.internal.signin;

import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.http.HttpFailure;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A sign-in with a code from somebody else's browser. A code is good for one use, so it is gone from here before it is sent,
 * and comes back only if it certainly never was: then no lost answer can lead to a second use.
 */
public final class CodeSignIn implements SignIn {

    private final String credential;
    private final EntraTokenSource endpoint;
    private final AtomicReference<@Nullable Grant> unused;

    /**
     * Holds the code.
     *
     * @param credential whose name stands first in an error
     * @param endpoint redeems
     * @param code what the browser brought
     */
    public CodeSignIn(String credential, EntraTokenSource endpoint, Grant.AuthorizationCode code) {
        this.credential = credential;
        this.endpoint = endpoint;
        this.unused = new AtomicReference<>(code);
    }

    @Override
    public Mono<TokenResponse> signIn(TokenRequestContext request, @Nullable ClientAuthenticationException refusal) {
        return Mono.defer(() -> {
            Grant code = unused.get();
            if (code == null) {
                return refusal != null ? Mono.empty() : Mono.error(spent(request));
            }
            return endpoint.redeem(request, code, () -> unused.set(null))
                    .doOnError(CodeSignIn::isUnsent, error -> unused.set(code));
        });
    }

    private static boolean isUnsent(Throwable error) {
        return error.getCause() instanceof HttpFailure failure && !failure.isRequestSent();
    }

    private AuthenticationRequiredException spent(TokenRequestContext request) {
        return new AuthenticationRequiredException(TokenErrors.sentence(credential, "the authorization code was sent before, and"
                + " there is no refresh token", "Let the person sign in again, and make a new credential with the new code", null),
                request, null, Details.NONE);
    }
}
