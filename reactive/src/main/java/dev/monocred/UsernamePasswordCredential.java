package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Grant;
import dev.monocred.internal.entra.AuthenticationProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A person's name and password. It works only for people without a second factor whose password Entra itself knows; a
 * federated account gets Entra's own refusal.
 *
 * <p>A password is sent once for each acquisition, and never again where an answer was lost: accounts are locked after a few
 * wrong ones. It is sent only when no refresh token does.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.3">RFC 6749, section 4.3</a>
 * @deprecated as in all Azure libraries: Microsoft asks for a second factor of more and more people, and then this ends. Use
 *     {@link DeviceCodeCredential} for people, and a managed identity, a certificate or {@link ClientSecretCredential} for
 *     programs.
 */
@Deprecated
public final class UsernamePasswordCredential implements TokenCredential {

    private static final String NAME = "UsernamePasswordCredential";
    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");

    private final UserEngine engine;

    private UsernamePasswordCredential(UserEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code clientId}, {@code username} and {@code password} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A request that finds no token held ends within 30 seconds; it runs on an event loop, where its subscribers are
     * called.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    /**
     * Signs in with the password, for what each cloud lets everybody ask for, whether or not a refresh token would do.
     *
     * @return who the person is; fails with {@link dev.monocred.core.ClientAuthenticationException} if Entra refuses, and with
     *     {@link dev.monocred.core.CredentialUnavailableException} in a cloud that is not Microsoft's. Nothing happens before
     *     subscription; cancelling ends the request
     */
    public Mono<AuthenticationRecord> authenticate() {
        return engine.authenticate();
    }

    /**
     * As {@link #authenticate()}, for scopes and claims of your choice.
     *
     * @param request what the sign-in is for
     * @return who the person is, or an error as there
     */
    public Mono<AuthenticationRecord> authenticate(TokenRequestContext request) {
        return engine.authenticate(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /**
     * Collects what a {@link UsernamePasswordCredential} needs. Can be used again; built credentials do not see later changes.
     */
    public static final class Builder extends EntraCredentialBuilder<Builder> {

        private @Nullable String username;
        private @Nullable String password;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets the tenant; by default the person's own.
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
         * Sets the person's name. Required.
         *
         * @param username what the person signs in with, usually an e-mail address
         * @return this builder
         */
        public Builder username(String username) {
            this.username = requireNonNull(username, "username");
            return this;
        }

        /**
         * Sets the person's password. Required.
         *
         * @param password the password
         * @return this builder
         */
        public Builder password(String password) {
            this.password = requireNonNull(password, "password");
            return this;
        }

        @Override
        String settledTenantId(@Nullable String given) {
            return given == null ? UserCredentialBuilder.ANY_ORGANIZATION : given;
        }

        @Override
        void requireOwn(Required required) {
            required.text("username", username);
            required.text("password", password);
        }

        /**
         * Makes the credential, and logs that it is deprecated. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, or a malformed value
         */
        public UsernamePasswordCredential build() {
            EntraOptions options = options(NAME);
            Grant grant = new Grant.Password(requireNonNull(username), requireNonNull(password));
            LOG.warn("{} is deprecated: it ends when Microsoft asks the person for a second factor", NAME);
            return new UsernamePasswordCredential(UserEngine.redeeming(NAME, options, entra -> AuthenticationProvider.NONE,
                    wiring -> (request, refusal) -> wiring.endpoint().redeem(request, grant)));
        }
    }
}
