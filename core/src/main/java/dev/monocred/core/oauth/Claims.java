package dev.monocred.core.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.ClientAuthenticationException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code claims} of a request: what the caller wants, and that the caller handles claims challenges.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/claims-challenge">Claims challenges and client
 *     capabilities</a>
 */
public final class Claims {

    private static final String CAPABLE = "{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}";

    private Claims() {}

    /**
     * Puts both together.
     *
     * @param callerClaims a JSON object, or {@code null}
     * @param cae whether the caller handles claims challenges
     * @return a JSON object: the caller's word for word without CAE; {@code null} if there is nothing to say
     * @throws ClientAuthenticationException if the caller's claims are not a JSON object
     */
    public static @Nullable String merge(@Nullable String callerClaims, boolean cae) {
        if (callerClaims == null) {
            return cae ? CAPABLE : null;
        }
        ObjectNode claims = Json.object(callerClaims);
        if (claims == null) {
            throw notAnObject("they");
        }
        return cae ? withCapability(claims) : callerClaims;
    }

    private static String withCapability(ObjectNode claims) {
        JsonNode wanted = claims.path(OAuthParameters.ACCESS_TOKEN);
        if (!wanted.isObject() && !wanted.isNull() && !wanted.isMissingNode()) {
            throw notAnObject("their access_token");
        }
        ObjectNode accessToken = wanted instanceof ObjectNode object ? object
                : claims.putObject(OAuthParameters.ACCESS_TOKEN);
        accessToken.putObject("xms_cc").putArray("values").add("CP1");
        return claims.toString();
    }

    private static ClientAuthenticationException notAnObject(String what) {
        return new ClientAuthenticationException("The claims of the request cannot be sent: " + what
                + " must be a JSON object; pass on the decoded claims of the challenge as they came.");
    }
}
