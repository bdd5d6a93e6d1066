package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.tool.AzurePowerShell;
import reactor.core.publisher.Mono;

/**
 * The account that is signed in to Azure PowerShell: {@code Get-AzAccessToken} of the module Az.Accounts, 2.2.0 or newer, in
 * PowerShell 7 or, on Windows, Windows PowerShell.
 *
 * <p>Tokens are held while they live, and dropped when somebody else signs in to the tool: a token that is asked for more
 * than a second after that is the new account's. For development: an application that runs by itself has no tool.
 *
 * @see <a href="https://learn.microsoft.com/powershell/module/az.accounts/get-azaccesstoken">The command</a>
 */
public final class AzurePowerShellCredential implements TokenCredential {

    private final CredentialEngine engine;

    private AzurePowerShellCredential(CredentialEngine engine) {
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
     * <p>Takes exactly one scope. A request that finds no token held runs PowerShell, at most four processes at a time in the
     * whole application; its subscribers are called on {@code Schedulers.parallel()}. Fails with
     * {@link dev.monocred.core.CredentialUnavailableException} if PowerShell or the module is not installed, nobody is
     * signed in, or there is no answer in time. PowerShell cannot answer a claims challenge: the error says what to run.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what an {@link AzurePowerShellCredential} may be told. Can be used again; built credentials do not see later changes. */
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
        public AzurePowerShellCredential build() {
            ToolOptions options = toolOptions();
            return new AzurePowerShellCredential(CredentialEngine.tool(new AzurePowerShell(options.tenantId()), options));
        }
    }
}
