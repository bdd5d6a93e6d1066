package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.CloudHosts;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The settings of every credential that asks a person. See {@link CredentialBuilder} on why nothing is final. */
abstract class UserCredentialBuilder<B extends UserCredentialBuilder<B>> extends PersistentCredentialBuilder<B> {

    /** Work and school accounts of any tenant. */
    static final String ANY_ORGANIZATION = "organizations";
    /** Microsoft's own application for developers at their machines; every tenant knows it. */
    static final String DEVELOPER_APPLICATION = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

    private @Nullable AuthenticationRecord record;
    private boolean disableAutomaticAuthentication;

    UserCredentialBuilder() {}

    /**
     * Sets the tenant; by default the one of the {@linkplain #authenticationRecord(AuthenticationRecord) record}, else any
     * work or school account can sign in.
     *
     * @param tenantId the tenant's id or domain
     * @return this builder
     * @throws IllegalArgumentException if it has characters that no tenant has
     */
    @Override
    public B tenantId(String tenantId) {
        return super.tenantId(tenantId);
    }

    /**
     * Sets the application's id; by default the one of the {@linkplain #authenticationRecord(AuthenticationRecord) record},
     * else Microsoft's application for developers. A record's is used even if another one is given.
     *
     * @param clientId the client id
     * @return this builder
     */
    @Override
    public B clientId(String clientId) {
        return super.clientId(clientId);
    }

    /**
     * Sets who signed in earlier, so that nobody is asked again as long as a token can be had without; nobody by default.
     * The record's application is used, and its cloud unless {@code authorityHost} is another name of the same.
     *
     * @param authenticationRecord what {@code authenticate} gave
     * @return this builder
     */
    public B authenticationRecord(AuthenticationRecord authenticationRecord) {
        this.record = requireNonNull(authenticationRecord, "authenticationRecord");
        return self();
    }

    /**
     * Sets whether a request for a token never asks anybody; {@code false} by default. It then fails with
     * {@link AuthenticationRequiredException} where a person is needed, and {@code authenticate} asks when it suits.
     *
     * @param disableAutomaticAuthentication whether only {@code authenticate} asks
     * @return this builder
     */
    public B disableAutomaticAuthentication(boolean disableAutomaticAuthentication) {
        this.disableAutomaticAuthentication = disableAutomaticAuthentication;
        return self();
    }

    @Override
    String settledTenantId(@Nullable String given) {
        return given != null ? given : record != null ? record.tenantId() : ANY_ORGANIZATION;
    }

    @Override
    String settledClientId(@Nullable String given) {
        return record != null ? record.clientId() : Objects.requireNonNullElse(given, DEVELOPER_APPLICATION);
    }

    @Override
    Authority settledAuthority(Authority configured) {
        return settledAuthority(record, configured);
    }

    /** The record's cloud, unless another name of the same is configured. */
    static Authority settledAuthority(@Nullable AuthenticationRecord record, Authority configured) {
        return record == null || CloudHosts.isSameCloud(record.authority(), configured.host()) ? configured
                : Authority.parse(record.authority());
    }

    @Override
    void requireOwn(Required required) {}

    UserOptions userOptions(String credential) {
        return new UserOptions(options(credential), record, !disableAutomaticAuthentication);
    }
}
