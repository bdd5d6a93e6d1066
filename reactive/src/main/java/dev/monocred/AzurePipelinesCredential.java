package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.PipelinesAssertion.Connection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A job in Azure Pipelines that has a service connection with workload identity federation: no secret to keep. The job's
 * {@code System.AccessToken} has to be handed to the program, as an environment variable for example.
 *
 * @see <a href="https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity">Service connections
 *     with workload identity</a>
 */
public final class AzurePipelinesCredential implements TokenCredential {

    private static final String NAME = "AzurePipelinesCredential";

    private final CredentialEngine engine;

    private AzurePipelinesCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code tenantId}, {@code clientId}, {@code serviceConnectionId} and {@code systemAccessToken} are
     *     required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Entra answers an application only for one scope that ends in {@code /.default}. A request that finds no token
     * held asks Azure Pipelines and then Entra, and ends within 30 seconds; it runs on an event loop, where its subscribers
     * are called. Fails with {@link dev.monocred.core.CredentialUnavailableException} outside a job, where
     * {@code SYSTEM_OIDCREQUESTURI} is not set.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what an {@link AzurePipelinesCredential} needs. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends EntraCredentialBuilder<Builder> {

        private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

        private @Nullable String serviceConnectionId;
        private @Nullable String systemAccessToken;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets the service connection. Required.
         *
         * @param serviceConnectionId its id: {@code resourceId} in the address of its page
         * @return this builder
         */
        public Builder serviceConnectionId(String serviceConnectionId) {
            this.serviceConnectionId = requireNonNull(serviceConnectionId, "serviceConnectionId");
            return this;
        }

        /**
         * Sets the job's own token. Required.
         *
         * @param systemAccessToken the value of {@code System.AccessToken}
         * @return this builder
         */
        public Builder systemAccessToken(String systemAccessToken) {
            this.systemAccessToken = requireNonNull(systemAccessToken, "systemAccessToken");
            return this;
        }

        @Override
        void requireOwn(Required required) {
            required.text("serviceConnectionId", serviceConnectionId);
            required.text("systemAccessToken", systemAccessToken);
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, or a malformed value
         */
        public AzurePipelinesCredential build() {
            EntraOptions options = options(NAME);
            Connection connection = new Connection(NAME, requireNonNull(serviceConnectionId).strip(), token());
            return new AzurePipelinesCredential(CredentialEngine.application(NAME, options, entra -> entra.pipelines(connection)));
        }

        /** It goes into a header, as it is. */
        private String token() {
            String token = requireNonNull(systemAccessToken).strip();
            if (!VISIBLE_ASCII.matcher(token).matches()) {
                throw new IllegalArgumentException(NAME + " was given a systemAccessToken with characters that no token has");
            }
            return token;
        }
    }
}
