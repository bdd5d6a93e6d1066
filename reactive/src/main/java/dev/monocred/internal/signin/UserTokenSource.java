package dev.monocred.internal.signin;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.EntraError;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.source.TokenSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tokens of a person: by refresh token as long as there is a good one, and then by the credential's own {@link SignIn}. Below
 * the refresher, so it is asked once for all who wait. One acquisition of an account at a time (DESIGN, promise 2): the next
 * one finds the refresh token that this one brought. Cancelling ends the step under way.
 */
public final class UserTokenSource implements TokenSource {

    /** What only a person can mend (entra.md 2.5). */
    private static final Set<String> PERSON =
            Set.of("invalid_grant", "interaction_required", "consent_required", "login_required");
    /** The refresh token is good, but not for this resource: others may still be had for it. */
    private static final Set<String> TOKEN_IS_GOOD =
            Set.of("basic_action", "additional_action", "message_only", "consent_required");

    private final Application application;
    private final boolean mayRotate;
    private final EntraTokenSource endpoint;
    private final RefreshTokens account;
    private final SignIn signIn;

    /**
     * Makes a source; nothing is asked.
     *
     * @param application who asks
     * @param authority the host that is asked
     * @param endpoint exchanges
     * @param account whose tokens
     * @param signIn what to do when no refresh token does
     */
    public UserTokenSource(Application application, Authority authority, EntraTokenSource endpoint, UserAccount account,
            SignIn signIn) {
        this(application, authority, endpoint, (RefreshTokens) account, (request, refusal) ->
                signIn.signIn(request, refusal).flatMap(response -> account.signedIn(request, response)));
    }

    /** Where signing in is remembered by whoever does it. */
    UserTokenSource(Application application, Authority authority, EntraTokenSource endpoint, RefreshTokens account,
            SignIn signIn) {
        this.application = application;
        this.mayRotate = !authority.isKnown();
        this.endpoint = endpoint;
        this.account = account;
        this.signIn = signIn;
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return account.inTurn(Mono.defer(() -> account.refreshTokens(request.isCaeEnabled()))
                .flatMap(candidates -> redeem(request, candidates, null)))
                .map(TokenResponse::accessToken);
    }

    private Mono<TokenResponse> redeem(TokenRequestContext request, List<RefreshTokenEntry> candidates,
            @Nullable ClientAuthenticationException refusal) {
        if (candidates.isEmpty()) {
            return signIn(request, refusal);
        }
        RefreshTokenEntry first = candidates.get(0);
        return endpoint.redeem(request, new Grant.RefreshToken(first.secret()))
                .flatMap(response -> account.refreshed(request, first, response))
                .doOnCancel(() -> forgetIfRotated(first).subscribe())
                .onErrorResume(ClientAuthenticationException.class, error -> isForPerson(error)
                        ? refused(first, error).then(Mono.defer(() -> redeem(request, rest(candidates, error), error)))
                        : lost(first, error).then(Mono.error(error)));
    }

    private Mono<TokenResponse> signIn(TokenRequestContext request, @Nullable ClientAuthenticationException refusal) {
        ClientAuthenticationException required = TokenErrors.signInRequired(application.credential(), request, refusal,
                "A person has to sign in");
        return Mono.defer(() -> signIn.signIn(request, refusal))
                .switchIfEmpty(Mono.error(required));
    }

    private static boolean isForPerson(ClientAuthenticationException error) {
        EntraError said = error.entraError();
        return said != null && said.error() != null && PERSON.contains(said.error());
    }

    /** Another one may do where only this one is bad; where a person is wanted, none will. */
    private static List<RefreshTokenEntry> rest(List<RefreshTokenEntry> candidates, ClientAuthenticationException error) {
        return isInvalidGrant(error) ? candidates.subList(1, candidates.size()) : List.of();
    }

    private Mono<Void> refused(RefreshTokenEntry refused, ClientAuthenticationException error) {
        if (isSuberror(error, "client_mismatch")) {
            return account.leaveFamily();
        }
        return isInvalidGrant(error) ? account.forget(refused) : Mono.empty();
    }

    private static boolean isInvalidGrant(ClientAuthenticationException error) {
        EntraError said = error.entraError();
        return said != null && "invalid_grant".equals(said.error())
                && (said.suberror() == null || !TOKEN_IS_GOOD.contains(said.suberror()));
    }

    private static boolean isSuberror(ClientAuthenticationException error, String suberror) {
        EntraError said = error.entraError();
        return said != null && suberror.equals(said.suberror());
    }

    /** The answer was lost, so the server may have given a new token that we never saw: the old one must not come again. */
    private Mono<Void> lost(RefreshTokenEntry redeemed, ClientAuthenticationException error) {
        return error.getCause() instanceof HttpFailure failure && failure.isRequestSent() ? forgetIfRotated(redeemed)
                : Mono.empty();
    }

    private Mono<Void> forgetIfRotated(RefreshTokenEntry redeemed) {
        return mayRotate ? account.forget(redeemed) : Mono.empty();
    }
}
