package dev.monocred;

import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.TenantResolver;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * What every credential of the Entra token endpoint may be told, frozen by {@code build()}.
 *
 * @param common what every credential may be told
 * @param tenantId the configured tenant
 * @param clientId the application
 * @param authority where tokens come from
 * @param tenants which other tenants may be asked
 * @param disableInstanceDiscovery whether an unknown authority is taken at its word
 * @param httpClient the application's own client, or {@code null} for the shared one
 * @param applicationId goes into the User-Agent, or {@code null}
 * @param persistence how tokens are remembered across restarts, or {@code null} if they are not
 */
record EntraOptions(CredentialOptions common, String tenantId, String clientId, Authority authority,
        TenantResolver tenants, boolean disableInstanceDiscovery, @Nullable HttpClient httpClient,
        @Nullable String applicationId, @Nullable TokenCachePersistenceOptions persistence) {

    EntraOptions with(@Nullable TokenCachePersistenceOptions persistence) {
        return new EntraOptions(common, tenantId, clientId, authority, tenants, disableInstanceDiscovery, httpClient,
                applicationId, persistence);
    }
}
