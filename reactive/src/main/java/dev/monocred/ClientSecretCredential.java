package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.SecretAuthentication;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A service that proves itself with a client secret. Make one for the whole application: it holds the tokens of all scopes
 * and tenants, and shares each request among everybody who waits for it.
 *
 * <p>A certificate, a managed identity or workload identity needs no secret that can leak or expire; prefer them where you
 * can.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>
 */
public final class ClientSecretCredential implements TokenCredential {

    private static final String NAME = "ClientSecretCredential";

    private final CredentialEngine engine;

    private ClientSecretCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code tenantId}, {@code clientId} and {@code clientSecret} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Entra answers an application only for one scope that ends in {@code /.default}. A request that finds no token
     * held ends within 30 seconds; it runs on an event loop, where its subscribers are called.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what a {@link ClientSecretCredential} needs. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends PersistentCredentialBuilder<Builder> {

        private @Nullable Function<EntraEngine, AuthenticationProvider> secret;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        @Override
        void requireOwn(Required required) {
            required.part("clientSecret", secret);
        }

        /**
         * Sets the application's secret: its value, not its id. This or the other {@code clientSecret} is required.
         *
         * @param clientSecret the secret
         * @return this builder
         */
        public Builder clientSecret(String clientSecret) {
            secret = clientSecret.isBlank() ? null : entra -> SecretAuthentication.of(clientSecret);
            return this;
        }

        /**
         * Sets where the application's secret comes from, so that it can change while the application runs. Asked for each
         * acquisition, never on a cache hit, on a thread of the library that may block; if Entra refuses the secret, asked
         * once more, and a changed secret is tried at once.
         *
         * @param clientSecret gives the secret
         * @return this builder
         */
        public Builder clientSecret(Supplier<Mono<String>> clientSecret) {
            requireNonNull(clientSecret, "clientSecret");
            secret = entra -> SecretAuthentication.of(entra.callback(NAME, "client secret", clientSecret));
            return this;
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, or a malformed value
         */
        public ClientSecretCredential build() {
            EntraOptions options = options(NAME);
            return new ClientSecretCredential(CredentialEngine.application(NAME, options, requireNonNull(secret)));
        }
    }
}
