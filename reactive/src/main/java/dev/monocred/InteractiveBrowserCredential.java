package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.AuthorizationRequest.Hints;
import dev.monocred.internal.browser.BrowserSignIn;
import dev.monocred.internal.browser.RedirectUri;
import dev.monocred.internal.browser.SystemBrowser;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A person at a desktop, who signs in with a browser. The browser opens by itself when a token is wanted and nobody is
 * signed in; after that tokens come without it, as long as the authority lets them.
 *
 * <p>One window at a time: whoever asks meanwhile waits for the same sign-in, and cancelling the last of them closes the port
 * that it listens on. The application must be registered with {@code http://localhost} as a redirect URI of a desktop
 * application.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8252">RFC 8252, OAuth 2.0 for Native Apps</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7636">RFC 7636, Proof Key for Code Exchange</a>
 */
public final class InteractiveBrowserCredential implements TokenCredential {

    private static final String NAME = "InteractiveBrowserCredential";
    /** As in the other SDKs; long enough to fetch the other phone. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

    private final UserEngine engine;

    private InteractiveBrowserCredential(UserEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; nothing is required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Opens a browser if no token is held and none can be had with a refresh token. Fails with
     * {@link CredentialUnavailableException} if no browser or no port can be opened, with
     * {@link ClientAuthenticationException} if the person or the authority refuses, or nobody signs in within the timeout, and
     * with {@link AuthenticationRequiredException} instead of opening a browser if automatic authentication is disabled.
     * Subscribers are called on an event loop.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    /**
     * Asks somebody to sign in, whoever is signed in already; the credential's tokens are that account's from then on.
     *
     * @param request what for
     * @return exactly one record of who signed in, or an error as from {@link #getToken(TokenRequestContext)}; the browser is
     *     opened on subscription, and cancelling stops waiting for it
     */
    public Mono<AuthenticationRecord> authenticate(TokenRequestContext request) {
        return engine.authenticate(request);
    }

    /**
     * Asks somebody to sign in, for the cloud's own management API.
     *
     * @return exactly one record of who signed in, or an error as from {@link #authenticate(TokenRequestContext)}; fails with
     *     {@link CredentialUnavailableException} at an authority that is not one of Microsoft's clouds
     */
    public Mono<AuthenticationRecord> authenticate() {
        return engine.authenticate();
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what an {@link InteractiveBrowserCredential} may be told. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends UserCredentialBuilder<Builder> {

        private static final Set<String> RESPONSE_MODES = Set.of("form_post", "query");

        private RedirectUri redirectUri = RedirectUri.ANY_PORT;
        private Duration timeout = DEFAULT_TIMEOUT;
        // A code in a query would stay in the browser's history.
        private String responseMode = "form_post";
        private String prompt = "select_account";
        private @Nullable String loginHint;
        private @Nullable String domainHint;
        private @Nullable Function<URI, Mono<Void>> openBrowser;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets where the browser brings its answer; by default {@code http://localhost} with any free port, which applications
         * register without a port. It is listened on, and sent to the authority, as it is given.
         *
         * @param redirectUri http on localhost, 127.0.0.1 or [::1] with a port; port 0 stands for any free one
         * @return this builder
         * @throws IllegalArgumentException if it is not on this machine, has no port, or has a query or a fragment
         */
        public Builder redirectUri(String redirectUri) {
            this.redirectUri = RedirectUri.parse(redirectUri);
            return this;
        }

        /**
         * Sets how long a person may take; 300 seconds by default. The next request opens another window.
         *
         * @param timeout the limit from the opening of the browser to its answer
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("timeout must be positive but is " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets the name to sign in with; by default the one of the
         * {@linkplain #authenticationRecord(AuthenticationRecord) record}, if there is one.
         *
         * @param loginHint for example {@code someone@example.com}
         * @return this builder
         */
        public Builder loginHint(String loginHint) {
            this.loginHint = requireNonNull(loginHint, "loginHint");
            return this;
        }

        /**
         * Sets whose sign-in page to go to without asking for a name first; none by default.
         *
         * @param domainHint a domain of the tenant
         * @return this builder
         */
        public Builder domainHint(String domainHint) {
            this.domainHint = requireNonNull(domainHint, "domainHint");
            return this;
        }

        /**
         * Sets what the person is always asked; {@code select_account} by default.
         *
         * @param prompt {@code select_account}, {@code login}, {@code consent}, or empty to ask only what is needed
         * @return this builder
         */
        public Builder prompt(String prompt) {
            this.prompt = requireNonNull(prompt, "prompt");
            return this;
        }

        /**
         * Sets how the browser brings its answer; {@code form_post} by default. Both are understood whatever is set.
         *
         * @param responseMode {@code form_post} or {@code query}
         * @return this builder
         * @throws IllegalArgumentException if it is another one
         */
        public Builder responseMode(String responseMode) {
            if (!RESPONSE_MODES.contains(responseMode)) {
                throw new IllegalArgumentException("responseMode must be form_post or query but is '" + responseMode + "'");
            }
            this.responseMode = responseMode;
            return this;
        }

        /**
         * Sets how the browser is opened; by default with the command that the system has for that ({@code xdg-open},
         * {@code open}, {@code rundll32}).
         *
         * @param openBrowser gets an address to show to a person, and gives a {@code Mono} that completes when that is done; it
         *     is called on a thread of the library that may block, and cancelled when nobody waits any more
         * @return this builder
         */
        public Builder openBrowser(Function<URI, Mono<Void>> openBrowser) {
            this.openBrowser = requireNonNull(openBrowser, "openBrowser");
            return this;
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException if a value is malformed
         */
        public InteractiveBrowserCredential build() {
            UserOptions options = userOptions(NAME);
            RedirectUri redirect = redirectUri;
            Hints hints = new Hints(responseMode, prompt, hint(options), domainHint);
            Duration limit = timeout;
            Function<URI, Mono<Void>> own = openBrowser;
            return new InteractiveBrowserCredential(UserEngine.prompting(NAME, options, wiring -> {
                Function<URI, Mono<Void>> browser = own != null ? own : systemBrowser(wiring);
                BrowserSignIn browserSignIn = new BrowserSignIn(wiring.application(), wiring.authorities(), wiring.endpoint(),
                        new BrowserSignIn.Settings(redirect, hints, limit, browser), wiring.runtime()::io,
                        wiring.common().scheduler());
                return (request, refusal) -> browserSignIn.signIn(request);
            }));
        }

        private @Nullable String hint(UserOptions options) {
            return loginHint == null && options.record() != null ? options.record().username() : loginHint;
        }

        private static SystemBrowser systemBrowser(UserEngine.Wiring wiring) {
            Executables executables = Executables.ofThisMachine(wiring.common().environment()::apply);
            return new SystemBrowser(NAME, new ProcessRunner(wiring.runtime()::process, wiring.common().scheduler(), executables),
                    executables, System.getProperty("os.name", ""));
        }
    }
}
