package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
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
    public static final class Builder extends SecretBuilder<Builder> {

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        @Override
        void requireOwn(Required required) {
            required.part("clientSecret", secret());
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, or a malformed value
         */
        public ClientSecretCredential build() {
            EntraOptions options = options(NAME);
            return new ClientSecretCredential(
                    CredentialEngine.application(NAME, options, requireNonNull(secret()).of(NAME)));
        }
    }
}
