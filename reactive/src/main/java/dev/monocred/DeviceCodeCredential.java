package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.DeviceAuthorization;
import dev.monocred.internal.signin.DeviceCodeSignIn;
import dev.monocred.internal.signin.SignIn;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A person who signs in on another device: this one shows a code, which the person enters in a browser anywhere. For
 * terminals and machines without a browser.
 *
 * <p>A person is asked only when no token can be had without. Everybody who asks for the same token meanwhile shares the one
 * code; when the last of them leaves, asking ends.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8628">RFC 8628</a>
 */
public final class DeviceCodeCredential implements TokenCredential {

    private static final String NAME = "DeviceCodeCredential";

    private final UserEngine engine;

    private DeviceCodeCredential(UserEngine engine) {
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
     * <p>Where a person has to sign in, the code is shown and this waits for them, at most as long as the code is good;
     * with {@code disableAutomaticAuthentication} it fails with {@link dev.monocred.core.AuthenticationRequiredException}
     * instead. Its subscribers are called on an event loop. Cancelling leaves the others alone; when nobody waits any
     * longer, asking stops.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    /**
     * Asks a person to sign in, for what each cloud lets everybody ask for, even if somebody is signed in already. From then
     * on tokens are that person's.
     *
     * @return who signed in; fails with {@link dev.monocred.core.ClientAuthenticationException} if nobody does, and with
     *     {@link dev.monocred.core.CredentialUnavailableException} in a cloud that is not Microsoft's. Nothing happens before
     *     subscription; cancelling stops asking
     */
    public Mono<AuthenticationRecord> authenticate() {
        return engine.authenticate();
    }

    /**
     * As {@link #authenticate()}, for scopes and claims of your choice.
     *
     * @param request what the person signs in for
     * @return who signed in, or an error as there
     */
    public Mono<AuthenticationRecord> authenticate(TokenRequestContext request) {
        return engine.authenticate(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what a {@link DeviceCodeCredential} needs. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends UserCredentialBuilder<Builder> {

        private Function<DeviceCodeInfo, Mono<Void>> promptCallback = DeviceCodeCredential::print;
        private @Nullable Duration timeout;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets how a person is told the code; by default its message is printed to the standard output.
         *
         * @param promptCallback called once for each sign-in, on a thread of the library that may block; asking begins when
         *     its {@code Mono} completes
         * @return this builder
         */
        public Builder promptCallback(Function<DeviceCodeInfo, Mono<Void>> promptCallback) {
            this.promptCallback = requireNonNull(promptCallback, "promptCallback");
            return this;
        }

        /**
         * Sets how long to wait for the person; by default as long as the code is good, usually 15 minutes. A longer time
         * has no effect.
         *
         * @param timeout how long
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout must be positive but is " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming a malformed value
         */
        public DeviceCodeCredential build() {
            Function<DeviceCodeInfo, Mono<Void>> show = promptCallback;
            Duration limit = timeout;
            return new DeviceCodeCredential(
                    UserEngine.prompting(NAME, userOptions(NAME), wiring -> signIn(wiring, show, limit)));
        }

        private static SignIn signIn(UserEngine.Wiring wiring, Function<DeviceCodeInfo, Mono<Void>> show,
                @Nullable Duration limit) {
            CredentialOptions common = wiring.common();
            return new DeviceCodeSignIn(new DeviceCodeSignIn.Settings(NAME, code -> show.apply(info(code)), limit,
                    wiring.runtime()::io, common.timeSource(), common.scheduler()),
                    wiring.entra().deviceAuthorization(wiring.application(), wiring.authorities()), wiring.endpoint());
        }

        private static DeviceCodeInfo info(DeviceAuthorization code) {
            return new DeviceCodeInfo(code.verificationUri(), code.userCode(), code.expiresAt(), code.message());
        }
    }

    private static Mono<Void> print(DeviceCodeInfo code) {
        return Mono.fromRunnable(() -> System.out.println(code.message()));
    }
}
