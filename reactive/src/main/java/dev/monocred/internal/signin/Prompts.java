package dev.monocred.internal.signin;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.core.refresh.Failure;
import dev.monocred.internal.refresh.TokenRefresher;
import dev.monocred.internal.runtime.Turnstiles;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Asks a person to sign in when nothing else helps. It stands above the refresher (refresher.md 4): a flight goes on when
 * everybody has left, but a prompt that nobody waits for must go away. One prompt at a time for a credential; who waits for
 * another one tries again without a person first, since the one before may have brought what is needed.
 */
public final class Prompts {

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");
    private static final String TURN = "prompt";

    private final String credential;
    private final TokenRefresher held;
    private final UnaryOperator<TokenRequestContext> admission;
    private final UserAccount account;
    private final SignIn signIn;
    private final Turnstiles turns = new Turnstiles(1);
    private final SharedWork<TokenRequestContext, AccessToken> tokens = new SharedWork<>();
    private final SharedWork<TokenRequestContext, AuthenticationRecord> records = new SharedWork<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Puts prompts above a refresher.
     *
     * @param credential the name of the credential's class
     * @param held gets tokens without a person, and holds them
     * @param admission refuses a malformed or forbidden request by throwing, and resolves its tenant; pure
     * @param account who signs in
     * @param signIn asks
     */
    public Prompts(String credential, TokenRefresher held, UnaryOperator<TokenRequestContext> admission, UserAccount account,
            SignIn signIn) {
        this.credential = credential;
        this.held = held;
        this.admission = admission;
        this.account = account;
        this.signIn = signIn;
    }

    /**
     * A token, from a person if need be. Everybody who asks for the same shares the prompt, and who leaves last ends it.
     *
     * @param request what is asked for
     * @return exactly one token or an error
     */
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return held.acquire(request).onErrorResume(AuthenticationRequiredException.class, required ->
                tokens.join(admission.apply(request), turns.pass(TURN, again(request))).onErrorMap(this::own));
    }

    private Mono<AccessToken> again(TokenRequestContext request) {
        return held.acquire(request).onErrorResume(AuthenticationRequiredException.class, required ->
                prompt(request, required.request() == null ? request : required.request())
                        .map(TokenResponse::accessToken));
    }

    /**
     * Asks a person to sign in, whoever is signed in already.
     *
     * @param request what for
     * @return who did, or an error
     */
    public Mono<AuthenticationRecord> authenticate(TokenRequestContext request) {
        return Mono.defer(() -> {
            TokenRequestContext admitted = admission.apply(request);
            return closed.get() ? Mono.error(isClosed()) : records.join(admitted, turns.pass(TURN,
                    prompt(admitted, admitted).then(account.signedInUser()))).onErrorMap(this::own);
        });
    }

    /** Every subscriber's own exception (F-8). */
    private Throwable own(Throwable error) {
        return Failure.of(credential, error).toException();
    }

    private Mono<TokenResponse> prompt(TokenRequestContext request, TokenRequestContext wanted) {
        return Mono.defer(() -> signIn.signIn(wanted, null))
                .flatMap(response -> land(request, wanted, response))
                .doOnSuccess(response -> LOG.debug("{}: somebody signed in", credential))
                .doOnError(error -> LOG.warn("Nobody signed in. {}", error.getMessage()));
    }

    private Mono<TokenResponse> land(TokenRequestContext request, TokenRequestContext wanted, TokenResponse response) {
        return account.inTurn(Mono.defer(() -> {
            String before = account.homeAccountId();
            return account.signedIn(wanted, response).doOnNext(landed -> {
                if (account.homeAccountId().equals(before)) {
                    held.reopen();
                } else {
                    held.forget();
                }
                held.land(request, landed.accessToken());
            });
        }));
    }

    /** Ends every prompt. Acts on subscription; idempotent. */
    public Mono<Void> close() {
        return Mono.fromRunnable(() -> {
            if (closed.compareAndSet(false, true)) {
                tokens.fail(isClosed());
                records.fail(isClosed());
            }
        });
    }

    private IllegalStateException isClosed() {
        return new IllegalStateException(credential + " is closed");
    }
}
