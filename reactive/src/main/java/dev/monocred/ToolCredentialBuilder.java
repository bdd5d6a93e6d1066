package dev.monocred;

import dev.monocred.core.oauth.TenantResolver;
import dev.monocred.internal.tool.ToolTokenSource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of every credential of a command-line tool. See {@link CredentialBuilder} on why nothing is final. */
abstract class ToolCredentialBuilder<B extends ToolCredentialBuilder<B>> extends CredentialBuilder<B> {

    private @Nullable String tenantId;
    private Set<String> additionallyAllowedTenants = Set.of();
    private Duration processTimeout = ToolTokenSource.DEFAULT_TIMEOUT;
    private boolean cacheTokens = true;

    ToolCredentialBuilder() {}

    /**
     * Sets the tenant; by default the one that the tool is signed in to.
     *
     * @param tenantId the tenant's id or domain; {@code organizations} and {@code common} mean the tool's own
     * @return this builder
     * @throws IllegalArgumentException if it has characters that no tenant has
     */
    public B tenantId(String tenantId) {
        boolean isOwn = tenantId.isBlank() || tenantId.equalsIgnoreCase("organizations") || tenantId.equalsIgnoreCase("common");
        this.tenantId = isOwn ? null : TenantResolver.checkTenantId(tenantId);
        return self();
    }

    /**
     * Sets which other tenants a request may ask for; none by default. {@code *} allows any tenant. Without one of
     * its own a credential lets requests ask for any.
     *
     * @param tenants ids or domains
     * @return this builder
     */
    public B additionallyAllowedTenants(String... tenants) {
        this.additionallyAllowedTenants = new LinkedHashSet<>(List.of(tenants));
        return self();
    }

    /**
     * Sets how long the tool may take; 10 seconds by default. Then it is killed, with everything that it started.
     *
     * @param processTimeout the limit for start, output and exit together
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public B processTimeout(Duration processTimeout) {
        if (processTimeout.isZero() || processTimeout.isNegative()) {
            throw new IllegalArgumentException("processTimeout must be positive but is " + processTimeout);
        }
        this.processTimeout = processTimeout;
        return self();
    }

    /**
     * Sets whether tokens are held as long as they live; {@code true} by default. They are dropped within a second when
     * somebody else signs in to the tool. With {@code false} every request runs the tool, as in other SDKs.
     *
     * @param cacheTokens whether to hold tokens
     * @return this builder
     */
    public B cacheTokens(boolean cacheTokens) {
        this.cacheTokens = cacheTokens;
        return self();
    }

    ToolOptions toolOptions() {
        CredentialOptions common = options();
        return new ToolOptions(common, tenantId, new TenantResolver(tenantId, additionallyAllowedTenants,
                EntraCredentialBuilder.isMultitenantDisabled(common)), processTimeout, cacheTokens);
    }
}
