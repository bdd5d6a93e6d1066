package dev.monocred.internal.tool;

import dev.monocred.core.TokenRequestContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What all tools ask of a request. The allow lists are those of the other Azure SDKs (developer-tools.md 1.1); a leading dash
 * is refused too, because it looks like an option. Pure.
 */
final class ToolRequests {

    private static final Pattern SCOPE = Pattern.compile("[A-Za-z0-9_.:/][A-Za-z0-9\\-_.:/]*");
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9\\-.]*");
    private static final Pattern SUBSCRIPTION = Pattern.compile("[A-Za-z0-9._ ][A-Za-z0-9\\-._ ]*");
    private static final String DEFAULT = "/.default";

    private ToolRequests() {}

    /** The request without blank claims, which challenge nobody. */
    static TokenRequestContext checked(TokenRequestContext request) {
        request.scopes().forEach(ToolRequests::checkScope);
        if (request.tenantId() != null) {
            checkTenant(request.tenantId());
        }
        String claims = request.claims();
        return claims != null && claims.isBlank() ? request.withClaims(null) : request;
    }

    /** As {@link #checked}, for a tool that takes one resource. */
    static TokenRequestContext checkedOne(String credential, TokenRequestContext request) {
        if (request.scopes().size() != 1) {
            throw new IllegalArgumentException(
                    credential + " takes exactly one scope but was given " + request.scopes().size() + ": " + request.scopes());
        }
        return checked(request);
    }

    private static void checkScope(String scope) {
        if (!SCOPE.matcher(scope).matches()) {
            throw new IllegalArgumentException("scope '" + scope
                    + "' may have letters, digits and - _ . : / only, and not begin with a dash");
        }
    }

    static String checkTenant(String tenant) {
        if (!TENANT.matcher(tenant).matches()) {
            throw new IllegalArgumentException("tenant '" + tenant
                    + "' may have letters, digits, dots and dashes only, and not begin with a dash");
        }
        return tenant;
    }

    static String checkSubscription(String subscription) {
        if (subscription.isBlank() || !SUBSCRIPTION.matcher(subscription).matches()) {
            throw new IllegalArgumentException("subscription '" + subscription + "' may have letters, digits, spaces and - _ . "
                    + "only, and not begin with a dash. If its name has others, give its id.");
        }
        return subscription;
    }

    /** The tenant to name to the tool: none for those that stand for "whichever", because the tool knows its own. */
    static @Nullable String tenant(TokenRequestContext request, @Nullable String configured) {
        String tenant = request.tenantId() != null ? request.tenantId() : configured;
        return tenant == null || tenant.isBlank() || tenant.equalsIgnoreCase("organizations")
                || tenant.equalsIgnoreCase("common") ? null : tenant;
    }

    /** The resource of a scope: a resource may itself end with a slash, so one suffix is taken off and nothing more. */
    static String resource(String scope) {
        return scope.endsWith(DEFAULT) ? scope.substring(0, scope.length() - DEFAULT.length()) : scope;
    }

    static String base64(String claims) {
        return Base64.getEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    }
}
