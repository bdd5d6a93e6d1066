package dev.monocred.internal.managedidentity;

import dev.monocred.core.TokenRequestContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a host is asked for.
 *
 * @param resource the one scope without {@code /.default}; nothing else is changed, a slash at the end least of all
 * @param isCaeEnabled whether the caller handles claims challenges
 * @param isChallenged whether the token held was answered with claims, which the hosts themselves never see
 */
record ResourceRequest(String resource, boolean isCaeEnabled, boolean isChallenged) {

    private static final String DEFAULT = "/.default";

    static ResourceRequest of(TokenRequestContext request) {
        String scope = request.scopes().get(0);
        return new ResourceRequest(scope.endsWith(DEFAULT) ? scope.substring(0, scope.length() - DEFAULT.length()) : scope,
                request.isCaeEnabled(), request.claims() != null);
    }

    /** What every query begins with. */
    Map<String, String> parameters(String version) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("api-version", version);
        parameters.put("resource", resource);
        return parameters;
    }
}
