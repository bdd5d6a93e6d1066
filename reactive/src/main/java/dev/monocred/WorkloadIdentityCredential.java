package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.TokenProxySettings;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A workload in Kubernetes, which proves itself with the token of its service account: no secret to keep. In a pod with the
 * label {@code azure.workload.identity/use: "true"} everything is found by itself.
 *
 * <p>The token's file is read for each exchange and never held.
 *
 * @see <a href="https://learn.microsoft.com/entra/workload-id/workload-identity-federation">Workload identity federation</a>
 */
public final class WorkloadIdentityCredential implements TokenCredential {

    private static final String NAME = "WorkloadIdentityCredential";

    private final CredentialEngine engine;

    private WorkloadIdentityCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; what is not set comes from {@code AZURE_TENANT_ID}, {@code AZURE_CLIENT_ID} and
     *     {@code AZURE_FEDERATED_TOKEN_FILE}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Entra answers an application only for one scope that ends in {@code /.default}. A request that finds no token
     * held ends within 30 seconds; it runs on an event loop, where its subscribers are called. Fails with
     * {@link dev.monocred.core.CredentialUnavailableException} if the token's file is missing, unreadable, empty or no token.
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
     * Collects what a {@link WorkloadIdentityCredential} needs. What is set wins over variables. Can be used again; built
     * credentials do not see later changes.
     */
    public static final class Builder extends EntraCredentialBuilder<Builder> {

        private static final Map<String, String> VARIABLES = Map.of("tenantId", "AZURE_TENANT_ID", "clientId", "AZURE_CLIENT_ID");
        private static final String TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";

        private @Nullable Path tokenFilePath;
        private boolean enableAzureProxy;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets where the federated token is; by default what {@code AZURE_FEDERATED_TOKEN_FILE} says.
         *
         * @param tokenFilePath the file's path
         * @return this builder
         */
        public Builder tokenFilePath(Path tokenFilePath) {
            this.tokenFilePath = requireNonNull(tokenFilePath, "tokenFilePath");
            return this;
        }

        /**
         * Sets whether token requests go through the proxy of an AKS cluster that has identity bindings; {@code false} by
         * default. The cluster describes it in {@code AZURE_KUBERNETES_TOKEN_PROXY}, {@code AZURE_KUBERNETES_SNI_NAME} and
         * {@code AZURE_KUBERNETES_CA_FILE} or {@code AZURE_KUBERNETES_CA_DATA}; where the first is not set, nothing changes.
         * With the proxy neither instance discovery nor regions apply, and an {@code httpClient} keeps its pool and loops
         * but neither its TLS nor its proxy.
         *
         * @param enableAzureProxy whether to use it
         * @return this builder
         */
        public Builder enableAzureProxy(boolean enableAzureProxy) {
            this.enableAzureProxy = enableAzureProxy;
            return this;
        }

        @Override
        @Nullable String variableOf(String part) {
            return VARIABLES.get(part);
        }

        @Override
        void requireOwn(Required required) {
            required.part("tokenFilePath (" + TOKEN_FILE + ")", file());
        }

        private @Nullable Path file() {
            String named = variable(TOKEN_FILE);
            return tokenFilePath != null || named == null ? tokenFilePath : Path.of(named);
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is neither set nor in a variable, a malformed
         *     value, or a variable of the proxy that cannot be
         */
        public WorkloadIdentityCredential build() {
            EntraOptions options = options(NAME);
            Path file = requireNonNull(file());
            TokenProxySettings proxy = enableAzureProxy ? TokenProxySettings.of(options.common().environment()) : null;
            return new WorkloadIdentityCredential(CredentialEngine.application(NAME, options,
                    entra -> proxy == null ? entra : entra.through(NAME, proxy), entra -> entra.tokenFile(NAME, file)));
        }
    }
}
