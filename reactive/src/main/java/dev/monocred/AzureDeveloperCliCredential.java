package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.tool.AzureDeveloperCli;
import reactor.core.publisher.Mono;

/**
 * The account that is signed in to the Azure Developer CLI: {@code azd auth token}.
 *
 * <p>Tokens are held while they live, and dropped when somebody else signs in to the tool: a token that is asked for more
 * than a second after that is the new account's. For development: an application that runs by itself has no tool.
 *
 * @see <a href="https://learn.microsoft.com/azure/developer/azure-developer-cli/reference#azd-auth-token">The command</a>
 */
public final class AzureDeveloperCliCredential implements TokenCredential {

    private final CredentialEngine engine;

    private AzureDeveloperCliCredential(CredentialEngine engine) {
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
     * <p>A request that finds no token held runs the CLI, at most four processes at a time in the whole application; its
     * subscribers are called on {@code Schedulers.parallel()}. Fails with
     * {@link dev.monocred.core.CredentialUnavailableException} if the CLI is not installed, nobody is signed in, or it does
     * not answer in time. Claims are handed on to azd 1.18.1 and newer.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what an {@link AzureDeveloperCliCredential} may be told. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends ToolCredentialBuilder<Builder> {

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the credential. Looks for nothing and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException if a value is malformed
         */
        public AzureDeveloperCliCredential build() {
            ToolOptions options = toolOptions();
            return new AzureDeveloperCliCredential(CredentialEngine.tool(new AzureDeveloperCli(options.tenantId()), options));
        }
    }
}
