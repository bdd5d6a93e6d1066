package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One request to a token endpoint. Immutable; it never prints what it proves itself with.
 *
 * @param grant what is exchanged
 * @param authentication how the application proves itself
 * @param clientId who asks
 * @param scopes what the caller wants, without the scopes that a flow adds
 * @param claims what the token must satisfy besides, already {@linkplain Claims#merge merged}; {@code null} for nothing
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-3.2">RFC 6749, section 3.2</a>
 */
public record TokenRequest(Grant grant, ClientAuthentication authentication, String clientId, List<String> scopes,
        @Nullable String claims) {

    /**
     * Takes a copy of the scopes.
     *
     * @param grant what is exchanged
     * @param authentication how the application proves itself
     * @param clientId who asks
     * @param scopes what the caller wants
     * @param claims what the token must satisfy besides
     */
    public TokenRequest {
        scopes = List.copyOf(scopes);
    }

    /**
     * The body of the request: {@code application/x-www-form-urlencoded} in UTF-8, without fields that have no value.
     *
     * @return the form; it holds secrets
     */
    public String form() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(OAuthParameters.CLIENT_ID, clientId);
        fields.putAll(new TreeMap<>(authentication.parameters()));
        fields.putAll(new TreeMap<>(grant.parameters()));
        fields.put(OAuthParameters.SCOPE, String.join(" ", grant.scopes(scopes)));
        fields.put(OAuthParameters.CLIENT_INFO, grant.isForUser() ? "1" : "");
        fields.put(OAuthParameters.CLAIMS, claims == null ? "" : claims);
        return fields.entrySet().stream()
                .filter(field -> !field.getValue().isEmpty())
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
    }

    @Override
    public String toString() {
        return "TokenRequest[grant=" + grant + ", authentication=" + authentication + ", clientId=" + clientId
                + ", scopes=" + scopes + ", claims=" + (claims == null ? "none" : "present") + "]";
    }
}
