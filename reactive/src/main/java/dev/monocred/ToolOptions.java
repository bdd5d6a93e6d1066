package dev.monocred;

import dev.monocred.core.oauth.TenantResolver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What every credential of a command-line tool may be told, frozen by {@code build()}.
 *
 * @param common what every credential may be told
 * @param tenantId the configured tenant, or {@code null} for the tool's own
 * @param tenants which other tenants may be asked
 * @param processTimeout how long one process may take
 * @param cacheTokens whether tokens are held
 */
record ToolOptions(CredentialOptions common, @Nullable String tenantId, TenantResolver tenants, Duration processTimeout,
        boolean cacheTokens) {}
