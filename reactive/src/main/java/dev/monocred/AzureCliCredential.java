package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.tool.AzureCli;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The account that is signed in to the Azure CLI: {@code az account get-access-token}.
 *
 * <p>Tokens are held while they live, and dropped when somebody else signs in to the tool: a token that is asked for more
 * than a second after that is the new account's. For development: an application that runs by itself has no tool.
 *
 * @see <a href="https://learn.microsoft.com/cli/azure/account#az-account-get-access-token">The command</a>
 */
public final class AzureCliCredential implements TokenCredential {

    private final CredentialEngine engine;

    private AzureCliCredential(CredentialEngine engine) {
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
     * <p>Takes exactly one scope. A request that finds no token held runs the CLI, at most four processes at a time in the
     * whole application; its subscribers are called on {@code Schedulers.parallel()}. Fails with
     * {@link dev.monocred.core.CredentialUnavailableException} if the CLI is not installed, nobody is signed in, or it does
     * not answer in time. The CLI cannot answer a claims challenge: the error says what to run.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what an {@link AzureCliCredential} may be told. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends ToolCredentialBuilder<Builder> {

        private @Nullable String subscription;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets the subscription whose tenant is asked, by id or name; by default the CLI's own. Not together with
         * {@code tenantId}.
         *
         * @param subscription letters, digits, spaces, dots, dashes and underscores
         * @return this builder
         */
        public Builder subscription(String subscription) {
            this.subscription = requireNonNull(subscription, "subscription");
            return this;
        }

        /**
         * Makes the credential. Looks for nothing and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException if a value is malformed, or both tenantId and subscription are set
         */
        public AzureCliCredential build() {
            ToolOptions options = toolOptions();
            return new AzureCliCredential(CredentialEngine.tool(new AzureCli(options.tenantId(), subscription, ZoneId::systemDefault), options));
        }
    }
}
