package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.vscode.VisualStudioCodeSource;
import dev.monocred.spi.TokenBroker;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The account that is signed in to Visual Studio Code with its extension Azure Resources. Visual Studio Code notes who that is
 * and leaves tokens to the operating system's broker, which only native code reaches: give the builder a {@link TokenBroker}.
 * Without one, what is left is the refresh token that the extension Azure Account kept up to its version 0.9.11, if the secret
 * store still has it. Nobody is ever asked anything.
 *
 * <p>Tokens of the broker are held while they live, and dropped when somebody else signs in: a token that is asked for more than
 * a second after that is the new account's. For development: an application that runs by itself has no Visual Studio Code.
 */
public final class VisualStudioCodeCredential implements TokenCredential {

    private static final String NAME = "VisualStudioCodeCredential";

    private final CredentialEngine engine;

    private VisualStudioCodeCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; without a {@code tokenBroker} only an old sign-in is of use
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A request that finds no token held ends within 30 seconds; its subscribers are called where the broker answers, or on
     * an event loop. Fails with {@link dev.monocred.core.CredentialUnavailableException} if there is no broker, nobody is signed
     * in, or the broker says that of itself.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /**
     * Collects what a {@link VisualStudioCodeCredential} may be told. Can be used again; built credentials do not see later
     * changes.
     */
    public static final class Builder extends EntraCredentialBuilder<Builder> {

        private @Nullable TokenBroker tokenBroker;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets what reaches the operating system's broker; nothing by default.
         *
         * @param tokenBroker asked when no token is held
         * @return this builder
         */
        public Builder tokenBroker(TokenBroker tokenBroker) {
            this.tokenBroker = requireNonNull(tokenBroker, "tokenBroker");
            return this;
        }

        /**
         * Sets the tenant; by default, as with {@code organizations}, the one that Visual Studio Code names, else the account's
         * own.
         *
         * @param tenantId the tenant's id or domain
         * @return this builder
         * @throws IllegalArgumentException if it has characters that no tenant has
         */
        @Override
        public Builder tenantId(String tenantId) {
            return super.tenantId(tenantId);
        }

        /**
         * Need not be called: it is always Visual Studio Code's own application that asks.
         *
         * @param clientId its id
         * @return this builder
         * @throws IllegalArgumentException if it is another application's
         */
        @Override
        public Builder clientId(String clientId) {
            if (!clientId.equalsIgnoreCase(VisualStudioCodeSource.CLIENT_ID)) {
                throw new IllegalArgumentException("the clientId of a " + NAME + " is always " + VisualStudioCodeSource.CLIENT_ID
                        + " but was to be '" + clientId + "'");
            }
            return this;
        }

        @Override
        String settledTenantId(@Nullable String given) {
            return given == null ? UserCredentialBuilder.ANY_ORGANIZATION : given;
        }

        @Override
        String settledClientId(@Nullable String given) {
            return VisualStudioCodeSource.CLIENT_ID;
        }

        @Override
        void requireOwn(Required required) {
            // A broker is not required: without one the credential says so when it is asked.
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException if a value is malformed
         */
        public VisualStudioCodeCredential build() {
            return new VisualStudioCodeCredential(CredentialEngine.visualStudioCode(NAME, options(NAME), tokenBroker));
        }
    }
}
