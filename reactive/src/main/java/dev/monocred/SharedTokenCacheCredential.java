package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.internal.signin.AccountChoice;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Somebody who signed in to another program of this machine that shares its sign-in, as Visual Studio does: in the files, the
 * keychain, the keyring where Microsoft's libraries keep it, and in our own cache of the usual name. Nobody is ever asked;
 * nothing is written but the successor of a refresh token of the same application.
 *
 * @deprecated as in all Azure libraries: few programs share their sign-in any longer. Use {@link AzureCliCredential} or
 *     another developer tool's.
 */
@Deprecated
public final class SharedTokenCacheCredential implements TokenCredential {

    private static final String NAME = "SharedTokenCacheCredential";

    private final CredentialEngine engine;

    private SharedTokenCacheCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; nothing is required where one person has signed in
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Fails with {@link CredentialUnavailableException} if nobody has signed in, if several have and it was not said who
     * is meant, if the cache cannot be read, and if the person has to sign in again. Looks and asks within 30 seconds, on
     * threads of its own and on an event loop, where its subscribers are called.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what a {@link SharedTokenCacheCredential} may be told. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends EntraCredentialBuilder<Builder> {

        private @Nullable String username;
        private @Nullable String tenantId;
        private @Nullable AuthenticationRecord record;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets who is meant, if several people have signed in; by default what {@code AZURE_USERNAME} says, else anybody.
         *
         * @param username what the person signed in with, in any case; blank for anybody
         * @return this builder
         */
        public Builder username(String username) {
            this.username = requireNonNull(username, "username");
            return this;
        }

        /**
         * Sets the home tenant of the person who is meant, which is also the tenant that is asked; by default what
         * {@code AZURE_TENANT_ID} says, else any.
         *
         * @param tenantId the tenant's id; blank for any
         * @return this builder
         * @throws IllegalArgumentException if it has characters that no tenant has
         */
        @Override
        public Builder tenantId(String tenantId) {
            this.tenantId = tenantId;
            return super.tenantId(tenantId);
        }

        /**
         * Sets the application; by default the one of the {@linkplain #authenticationRecord(AuthenticationRecord) record},
         * else Microsoft's application for developers. A record's is used even if another one is given.
         *
         * @param clientId the client id
         * @return this builder
         */
        @Override
        public Builder clientId(String clientId) {
            return super.clientId(clientId);
        }

        /**
         * Sets the account that is meant; then username and tenant do not choose. The record's application is used, and its
         * cloud unless {@code authorityHost} is another name of the same.
         *
         * @param authenticationRecord who signed in earlier
         * @return this builder
         */
        public Builder authenticationRecord(AuthenticationRecord authenticationRecord) {
            this.record = requireNonNull(authenticationRecord, "authenticationRecord");
            return this;
        }

        @Override
        void requireOwn(Required required) {}

        @Override
        String settledTenantId(@Nullable String given) {
            String chosen = record == null ? chosen(given, "AZURE_TENANT_ID") : chosen(given);
            return chosen != null ? chosen : record != null ? record.tenantId() : UserCredentialBuilder.ANY_ORGANIZATION;
        }

        @Override
        String settledClientId(@Nullable String given) {
            return record != null ? record.clientId() : Objects.requireNonNullElse(given, UserCredentialBuilder.DEVELOPER_APPLICATION);
        }

        @Override
        Authority settledAuthority(Authority configured) {
            return UserCredentialBuilder.settledAuthority(record, configured);
        }

        private @Nullable String chosen(@Nullable String given, String variable) {
            return given != null ? chosen(given) : variable(variable);
        }

        private static @Nullable String chosen(@Nullable String given) {
            return given == null || given.isBlank() ? null : given.strip();
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException if a value is malformed
         */
        public SharedTokenCacheCredential build() {
            AccountChoice choice = record != null ? new AccountChoice(NAME, null, null, record.homeAccountId())
                    : new AccountChoice(NAME, chosen(username, "AZURE_USERNAME"), chosen(tenantId, "AZURE_TENANT_ID"), null);
            return new SharedTokenCacheCredential(CredentialEngine.shared(NAME, options(NAME), choice));
        }
    }
}
