package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AzureAuthorityHosts;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.TenantResolver;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/** The settings of every credential of the Entra token endpoint. See {@link CredentialBuilder} on why nothing is final. */
abstract class EntraCredentialBuilder<B extends EntraCredentialBuilder<B>> extends CredentialBuilder<B> {

    private static final String AUTHORITY_HOST = "AZURE_AUTHORITY_HOST";
    private static final String DISABLE_MULTITENANT = "AZURE_IDENTITY_DISABLE_MULTITENANTAUTH";
    /** As azure-core has it: it must not break the header. */
    private static final Pattern APPLICATION_ID = Pattern.compile("[A-Za-z0-9._/-]{1,24}");

    private @Nullable String tenantId;
    private @Nullable String clientId;
    private @Nullable String authorityHost;
    private Set<String> additionallyAllowedTenants = Set.of();
    private boolean disableInstanceDiscovery;
    private @Nullable HttpClient httpClient;
    private @Nullable String applicationId;

    EntraCredentialBuilder() {}

    /**
     * Sets the tenant. Required.
     *
     * @param tenantId the tenant's id or domain
     * @return this builder
     * @throws IllegalArgumentException if it has characters that no tenant has
     */
    public B tenantId(String tenantId) {
        this.tenantId = tenantId.isBlank() ? tenantId : TenantResolver.checkTenantId(tenantId);
        return self();
    }

    /**
     * Sets the application's id. Required.
     *
     * @param clientId the client id
     * @return this builder
     */
    public B clientId(String clientId) {
        this.clientId = requireNonNull(clientId, "clientId");
        return self();
    }

    /**
     * Sets the cloud; by default what {@code AZURE_AUTHORITY_HOST} says, else {@link AzureAuthorityHosts#AZURE_PUBLIC_CLOUD}.
     *
     * @param authorityHost an https address, with or without {@code https://}; a port and a path are kept
     * @return this builder
     * @throws IllegalArgumentException if it is not https, or has user information, a query or a fragment
     */
    public B authorityHost(String authorityHost) {
        Authority.parse(authorityHost);
        this.authorityHost = authorityHost;
        return self();
    }

    /**
     * Sets which other tenants a request may ask for; none by default. {@code *} allows any tenant.
     *
     * @param tenants ids or domains
     * @return this builder
     */
    public B additionallyAllowedTenants(String... tenants) {
        this.additionallyAllowedTenants = new LinkedHashSet<>(List.of(tenants));
        return self();
    }

    /**
     * Sets whether an authority that is not one of Microsoft's is used without asking Microsoft about it; {@code false} by
     * default. Set it for disconnected clouds and private authorities that you trust.
     *
     * @param disableInstanceDiscovery whether to skip instance discovery
     * @return this builder
     */
    public B disableInstanceDiscovery(boolean disableInstanceDiscovery) {
        this.disableInstanceDiscovery = disableInstanceDiscovery;
        return self();
    }

    /**
     * Sets the application's own HTTP client. Its TLS, proxy, resolver, event loops and connection pool are used; it is never
     * disposed. Timeouts, retries, redirects and the size of answers remain this library's. By default all credentials of
     * a process share one client.
     *
     * @param httpClient a Reactor Netty client
     * @return this builder
     */
    public B httpClient(HttpClient httpClient) {
        this.httpClient = requireNonNull(httpClient, "httpClient");
        return self();
    }

    /**
     * Sets a short name of the application for the {@code User-Agent} header; none by default.
     *
     * @param applicationId up to 24 letters, digits, and {@code . _ / -}
     * @return this builder
     * @throws IllegalArgumentException if it has other characters or is too long
     */
    public B applicationId(String applicationId) {
        if (!APPLICATION_ID.matcher(applicationId).matches()) {
            throw new IllegalArgumentException(
                    "applicationId takes up to 24 letters, digits, '.', '_', '/' and '-' but is '" + applicationId + "'");
        }
        this.applicationId = applicationId;
        return self();
    }

    /** The variable that stands in for a part that is not set; for most credentials there is none. */
    @Nullable String variableOf(String part) {
        return null;
    }

    /** A part that is set, or else what its variable says; noted as missing if there is neither. */
    private String text(Required required, String part, @Nullable String set) {
        String variable = variableOf(part);
        return variable == null ? required.text(part, set)
                : required.text(part + " (" + variable + ")", set != null ? set : variable(variable));
    }

    /** Notes which of the credential's own parts are missing. */
    abstract void requireOwn(Required required);

    /** The tenant where none need be given. */
    @Nullable String settledTenantId(@Nullable String given) {
        return given;
    }

    /** The application where none need be given. */
    @Nullable String settledClientId(@Nullable String given) {
        return given;
    }

    /** The authority where something else can name it. */
    Authority settledAuthority(Authority configured) {
        return configured;
    }

    /** Checks all required parts together, then freezes everything. */
    EntraOptions options(String credential) {
        Required required = new Required(credential);
        String tenant = text(required, "tenantId", settledTenantId(tenantId));
        String client = text(required, "clientId", settledClientId(clientId));
        requireOwn(required);
        required.check();
        TenantResolver.checkTenantId(tenant);
        CredentialOptions common = options();
        return new EntraOptions(common, tenant, client, settledAuthority(authority(common)),
                new TenantResolver(tenant, additionallyAllowedTenants, isMultitenantDisabled(common)), disableInstanceDiscovery,
                httpClient, applicationId, null);
    }

    private Authority authority(CredentialOptions common) {
        String named = authorityHost != null ? authorityHost : common.environment().apply(AUTHORITY_HOST);
        return Authority.parse(named == null || named.isBlank() ? AzureAuthorityHosts.AZURE_PUBLIC_CLOUD : named);
    }

    static boolean isMultitenantDisabled(CredentialOptions common) {
        return isSet(common.environment().apply(DISABLE_MULTITENANT));
    }

    /** Set unless it is empty or says no (entra.md 1.5). */
    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank() && !Set.of("false", "0").contains(value.strip().toLowerCase(Locale.ROOT));
    }
}
