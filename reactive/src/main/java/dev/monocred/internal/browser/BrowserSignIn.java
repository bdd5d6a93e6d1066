package dev.monocred.internal.browser;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.AuthorizationAnswer;
import dev.monocred.core.oauth.AuthorizationRequest;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.IdToken;
import dev.monocred.core.oauth.SignInSecrets;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.browser.Listener.Bound;
import dev.monocred.internal.entra.Authorities;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.entra.TokenErrors;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gets a person to sign in: listens, opens the browser, waits for its answer, redeems the code. Each subscription is a window
 * of its own; cancelling frees the port at once. Holds nothing about a sign-in (M-6).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8252">RFC 8252, OAuth 2.0 for Native Apps</a>
 */
public final class BrowserSignIn {

    private static final Logger LOG = LoggerFactory.getLogger(BrowserSignIn.class);

    private final Application application;
    private final Authorities authorities;
    private final EntraTokenSource endpoint;
    private final Settings settings;
    private final Supplier<Scheduler> io;
    private final Scheduler timer;

    /**
     * Puts it together; nothing is opened.
     *
     * @param application who asks
     * @param authorities where
     * @param endpoint redeems the code
     * @param settings how
     * @param io where the application's code is called and random bytes are drawn
     * @param timer counts the limit
     */
    public BrowserSignIn(Application application, Authorities authorities, EntraTokenSource endpoint, Settings settings,
            Supplier<Scheduler> io, Scheduler timer) {
        this.application = application;
        this.authorities = authorities;
        this.endpoint = endpoint;
        this.settings = settings;
        this.io = io;
        this.timer = timer;
    }

    /**
     * What may be set.
     *
     * @param redirect where to listen
     * @param hints what the page is told
     * @param limit how long a person may take
     * @param browser opens an address
     */
    public record Settings(RedirectUri redirect, AuthorizationRequest.Hints hints, Duration limit,
            Function<URI, Mono<Void>> browser) {}

    /**
     * Signs somebody in.
     *
     * @param request for which scopes, tenant and claims
     * @return everything that came; fails with {@link CredentialUnavailableException} if no port or no browser can be
     *     opened, with {@link ClientAuthenticationException} if the person or the authority refused, or took too long
     */
    public Mono<TokenResponse> signIn(TokenRequestContext request) {
        return Mono.defer(() -> {
            String tenant = Objects.requireNonNullElse(request.tenantId(), application.tenant());
            String claims = EntraTokenSource.claims(application.credential(), request);
            // Nobody is sent to a page of an authority that is unknown.
            return authorities.resolve(application.credential(), tenant)
                    .zipWith(secrets())
                    .flatMap(both -> Mono.usingWhen(bind(both.getT2()),
                            port -> signIn(new Attempt(request, tenant, claims, both.getT1(), both.getT2(), port)),
                            port -> close(port, Pages.signedIn()),
                            (port, failure) -> close(port, Pages.failed(failure)),
                            port -> close(port, Pages.nobodyWaits())));
        });
    }

    /** What one window is about. */
    private record Attempt(TokenRequestContext request, String tenant, @Nullable String claims,
            Authority authority, SignInSecrets secrets, Bound port) {

        URI authorizeEndpoint() {
            return authority.authorizeEndpoint(tenant);
        }
    }

    /** The source of randomness may read a file. */
    private Mono<SignInSecrets> secrets() {
        return Mono.fromCallable(() -> {
            byte[] random = new byte[SignInSecrets.RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            return SignInSecrets.of(random);
        }).subscribeOn(io.get());
    }

    private Mono<Bound> bind(SignInSecrets secrets) {
        return Listener.bind(settings.redirect, secrets).onErrorMap(this::notBound);
    }

    private CredentialUnavailableException notBound(Throwable cause) {
        int port = settings.redirect.port();
        return unavailable(port == 0 ? "this machine has no free port for the browser's answer. Free some, then try again"
                : "port " + port + " of its redirectUri cannot be listened on, as somebody else has it. Free it, or register"
                        + " http://localhost and set no redirectUri", cause);
    }

    private CredentialUnavailableException unavailable(String why, Throwable cause) {
        return new CredentialUnavailableException(application.credential() + " is unavailable: " + why + ".", cause,
                Details.NONE);
    }

    private static Mono<Void> close(Bound port, Page page) {
        return Mono.fromRunnable(() -> port.close(page));
    }

    private Mono<TokenResponse> signIn(Attempt attempt) {
        URI address = new AuthorizationRequest(application.clientId(), attempt.port.redirectUri(), attempt.secrets,
                attempt.request.scopes(), attempt.claims, settings.hints).at(attempt.authorizeEndpoint());
        LOG.info("{} opens a browser, and waits {} s for a sign-in at {}", application.credential(), settings.limit.toSeconds(),
                attempt.port.redirectUri());
        return Mono.firstWithSignal(attempt.port.answer(), open(address).then(Mono.never()))
                .timeout(settings.limit, Mono.error(this::late), timer)
                .flatMap(answer -> redeem(attempt, answer))
                .flatMap(response -> isForeign(attempt, response) ? Mono.error(this::foreign) : Mono.just(response));
    }

    /** The answer can come before whoever opens the browser says that it is open. */
    private Mono<Void> open(URI address) {
        return Mono.defer(() -> settings.browser.apply(address)).subscribeOn(io.get())
                .onErrorMap(failure -> failure instanceof ClientAuthenticationException ? failure
                        : unavailable("the application's openBrowser failed with " + failure.getClass().getSimpleName()
                                + ". Check that it opens the address it gets", failure));
    }

    private ClientAuthenticationException late() {
        return failure("nobody signed in within " + settings.limit.toSeconds() + " s",
                "Ask for the token again to get another window");
    }

    /** The order is the protocol's: the state was looked at before, then a refusal counts, then the code. */
    private Mono<TokenResponse> redeem(Attempt attempt, AuthorizationAnswer answer) {
        if (answer.refusal() != null) {
            return Mono.error(TokenErrors.refused(application, attempt.tenant, attempt.authorizeEndpoint(), answer.refusal()));
        }
        return answer.code() == null
                ? Mono.error(() -> failure("the browser came back with neither a code nor an error",
                        "Check that nothing changes what the browser sends"))
                : endpoint.redeem(attempt.request, new Grant.AuthorizationCode(answer.code(), attempt.port.redirectUri(),
                        attempt.secrets.codeVerifier()));
    }

    private static boolean isForeign(Attempt attempt, TokenResponse response) {
        IdToken idToken = response.idToken() == null ? null : IdToken.parse(response.idToken());
        return idToken != null && !attempt.secrets.isNonceOf(idToken);
    }

    private ClientAuthenticationException foreign() {
        return failure("the id token that came belongs to another sign-in (its nonce is another one)",
                "Ask for the token again; if that comes back, check who stands between here and the authority");
    }

    private ClientAuthenticationException failure(String what, String remedy) {
        return new ClientAuthenticationException(TokenErrors.sentence(application.credential(), what, remedy, null), null,
                Details.NONE);
    }
}
