package dev.monocred.core.oauth;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which tenant a request goes to. A resource can name a tenant in its challenge; without the allow list a malicious
 * one could lead the application's proof of identity to a tenant of its own. Immutable.
 */
public final class TenantResolver {

    /** Never {@code .} or {@code ..}: a server could take them for a path. */
    private static final Pattern TENANT = Pattern.compile("\\.?[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.?");
    private static final String ANY = "*";

    private final @Nullable String configured;
    private final Set<String> allowed;
    private final boolean multitenantDisabled;

    /**
     * Makes a resolver.
     *
     * @param configured the credential's own tenant, or {@code null} if it has none: then the request decides
     * @param additionallyAllowed further tenants that a request may name; {@code *} for any
     * @param multitenantDisabled whether requests may name no tenant at all: theirs is then ignored
     * @throws IllegalArgumentException if a tenant is malformed
     */
    public TenantResolver(@Nullable String configured, Collection<String> additionallyAllowed,
            boolean multitenantDisabled) {
        this.configured = configured == null ? null : checkTenantId(configured);
        this.allowed = additionallyAllowed.stream()
                .map(tenant -> tenant.equals(ANY) ? tenant : checkTenantId(tenant).toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        this.multitenantDisabled = multitenantDisabled;
    }

    /**
     * Checks a request and settles its tenant.
     *
     * @param request what somebody asks for
     * @return the request, without a tenant if it goes to the configured one
     * @throws IllegalArgumentException if there is no scope, a blank scope, or the tenant is malformed
     * @throws ClientAuthenticationException if the tenant is not allowed
     */
    public TokenRequestContext resolve(TokenRequestContext request) {
        checkScopes(request);
        String asked = request.tenantId();
        if (asked == null) {
            return request;
        }
        checkTenantId(asked);
        if (asked.equalsIgnoreCase(configured) || Authority.isAdfs(configured) || multitenantDisabled) {
            return request.withTenantId(null);
        }
        if (configured == null || isAllowed(asked, configured)) {
            return request;
        }
        throw new ClientAuthenticationException("The request asks for tenant " + asked + ", but the credential is for tenant "
                + configured + ": add " + asked + " to additionallyAllowedTenants when you build the credential, or \"*\" to"
                + " allow any tenant.");
    }

    private boolean isAllowed(String asked, String own) {
        return allowed.contains(ANY) || allowed.contains(asked.toLowerCase(Locale.ROOT))
                || (allowed.isEmpty() && own.equalsIgnoreCase("organizations"));
    }

    private static void checkScopes(TokenRequestContext request) {
        if (request.scopes().isEmpty()) {
            throw new IllegalArgumentException("getToken needs at least one scope, for example https://vault.azure.net/.default");
        }
        if (request.scopes().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("getToken was given a blank scope: " + request.scopes());
        }
    }

    /**
     * Checks a tenant before it becomes part of a URL or of a command line.
     *
     * @param tenantId an id or a domain name
     * @return the same text
     * @throws IllegalArgumentException if it has other characters than letters, digits, {@code -} and {@code .}, or two
     *     dots in a row
     */
    public static String checkTenantId(String tenantId) {
        if (!TENANT.matcher(tenantId).matches()) {
            throw new IllegalArgumentException("tenant id '" + tenantId + "' is not valid: it may have letters, digits, '-'"
                    + " and single dots; to find yours see https://learn.microsoft.com/partner-center/find-ids-and-domain-names");
        }
        return tenantId;
    }
}
