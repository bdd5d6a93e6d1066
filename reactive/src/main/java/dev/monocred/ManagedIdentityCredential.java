package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.internal.managedidentity.ManagedIdentityId;
import dev.monocred.internal.managedidentity.ManagedIdentityId.Kind;
import dev.monocred.internal.managedidentity.Position;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * The identity that Azure gives to the machine, app or container this runs on: no secret to keep and none to rotate. Which
 * host it is, is found out by its variables at the first use.
 *
 * <p>Without an id the host's own choice is taken: its system-assigned identity, on most hosts. Name a user-assigned one with
 * exactly one of {@code clientId}, {@code objectId} and {@code resourceId} (in Python, {@code client_id} or a key of
 * {@code identity_config}). Virtual machines, App Service, Functions, Container Apps and Azure Arc know all three, Azure Machine
 * Learning the first; Service Fabric takes the identity from the cluster's configuration, Cloud Shell that of the person. Where
 * a host cannot do what is asked, nothing is sent and the credential is unavailable. Hosts are never asked through a proxy.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview">Managed identities</a>
 */
public final class ManagedIdentityCredential implements TokenCredential {

    private static final String NAME = "ManagedIdentityCredential";

    private final CredentialEngine engine;

    private ManagedIdentityCredential(CredentialEngine engine) {
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
     * <p>Takes exactly one scope; a tenant in the request means nothing to a host. Claims ask the host anew. A request that
     * finds no token held ends within 120 seconds on virtual machines, whose metadata service may pause for 70, and within 30
     * elsewhere; it runs on an event loop, where its subscribers are called. Fails with
     * {@link dev.monocred.core.CredentialUnavailableException} if there is no host or no such identity here.
     *
     * <p>In a pod that has a workload identity of its own ({@code AZURE_TENANT_ID}, {@code AZURE_FEDERATED_TOKEN_FILE} and
     * {@code AZURE_CLIENT_ID} or {@code clientId}) Entra is asked with the pod's token, and no host.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what a {@link ManagedIdentityCredential} may be told. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends CredentialBuilder<Builder> {

        private final Map<Kind, String> ids = new EnumMap<>(Kind.class);
        private @Nullable HttpClient httpClient;
        private Position position = Position.ALONE;
        private Function<Function<String, @Nullable String>, Machine> machine = Machine::local;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Names a user-assigned identity.
         *
         * @param clientId its client id
         * @return this builder
         */
        public Builder clientId(String clientId) {
            return id(Kind.CLIENT_ID, requireNonNull(clientId, "clientId"));
        }

        /**
         * Names a user-assigned identity; not for Azure Machine Learning.
         *
         * @param objectId the object id of its service principal
         * @return this builder
         */
        public Builder objectId(String objectId) {
            return id(Kind.OBJECT_ID, requireNonNull(objectId, "objectId"));
        }

        /**
         * Names a user-assigned identity; not for Azure Machine Learning.
         *
         * @param resourceId its id in Azure Resource Manager, {@code /subscriptions/…}
         * @return this builder
         */
        public Builder resourceId(String resourceId) {
            return id(Kind.RESOURCE_ID, requireNonNull(resourceId, "resourceId"));
        }

        private Builder id(Kind kind, String value) {
            ids.put(kind, value);
            return this;
        }

        /**
         * Sets the application's own HTTP client, without its proxy. Its event loops and connection pool are used; it is never
         * disposed. Timeouts, retries, redirects and the size of answers remain this library's. Service Fabric is not asked
         * through it: there one certificate is trusted and no other.
         *
         * @param httpClient a Reactor Netty client
         * @return this builder
         */
        @SuppressWarnings("exports") // An automatic module is not required transitively.
        public Builder httpClient(HttpClient httpClient) {
            this.httpClient = requireNonNull(httpClient, "httpClient");
            return this;
        }

        /** For chains. */
        Builder position(Position position) {
            this.position = position;
            return this;
        }

        /** For tests: another machine than this one, made when the variables are known. */
        Builder machine(Function<Function<String, @Nullable String>, Machine> machine) {
            this.machine = machine;
            return this;
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalStateException if more than one of clientId, objectId and resourceId is set
         * @throws IllegalArgumentException if one of them is blank
         */
        public ManagedIdentityCredential build() {
            CredentialOptions common = options();
            return new ManagedIdentityCredential(CredentialEngine.managedIdentity(NAME, common, httpClient,
                    machine.apply(common.environment()), id(), position));
        }

        private ManagedIdentityId id() {
            if (ids.size() > 1) {
                throw new IllegalStateException(NAME + " takes only one of clientId, objectId and resourceId, but " + ids.size()
                        + " are set");
            }
            ids.forEach((kind, value) -> {
                if (value.isBlank()) {
                    throw new IllegalArgumentException(NAME + " was given a blank id; leave it out for the system-assigned identity");
                }
            });
            return ids.entrySet().stream().map(each -> new ManagedIdentityId(each.getKey(), each.getValue().strip())).findFirst()
                    .orElse(ManagedIdentityId.SYSTEM);
        }
    }
}
