package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who signed in. The signature is not verified: the token came over TLS from the token endpoint itself, which is enough
 * (OpenID Connect Core, section 3.1.3.7, number 6). Prints no claim.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#IDToken">OpenID Connect Core, section 2</a>
 */
public final class IdToken {

    private final ObjectNode claims;

    private IdToken(ObjectNode claims) {
        this.claims = claims;
    }

    /**
     * Reads a JWT.
     *
     * @param jwt the compact form; the signature may be missing
     * @return the token, or {@code null} if the text is none
     */
    public static @Nullable IdToken parse(String jwt) {
        String[] parts = jwt.split("\\.", -1);
        ObjectNode claims = parts.length == 3 ? base64Object(parts[1]) : null;
        return claims == null ? null : new IdToken(claims);
    }

    /**
     * The ids of an account, as Entra sends them beside the tokens.
     *
     * @param clientInfo a JSON object in base64url
     * @return {@code uid.utid}, or {@code null} if the text does not have both
     */
    public static @Nullable String homeAccountId(String clientInfo) {
        ObjectNode ids = base64Object(clientInfo);
        String uid = ids == null ? "" : ids.path("uid").asText("");
        String utid = ids == null ? "" : ids.path("utid").asText("");
        return uid.isEmpty() || utid.isEmpty() ? null : uid + "." + utid;
    }

    private static @Nullable ObjectNode base64Object(String text) {
        try {
            return Json.object(Base64.getUrlDecoder().decode(text.replaceFirst("=+$", "").getBytes(UTF_8)));
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /**
     * One claim.
     *
     * @param name its name
     * @return its text, or {@code null} if it is absent, blank or no text
     */
    public @Nullable String claim(String name) {
        JsonNode claim = claims.path(name);
        return claim.isTextual() && !claim.textValue().isBlank() ? claim.textValue() : null;
    }

    /**
     * Whether the token is meant for an application.
     *
     * @param clientId the application
     * @return {@code true} if it is an audience
     */
    public boolean isFor(String clientId) {
        JsonNode audience = claims.path("aud");
        return audience.isArray() ? Stream.iterate(0, i -> i < audience.size(), i -> i + 1)
                .anyMatch(i -> audience.get(i).asText().equals(clientId)) : audience.asText().equals(clientId);
    }

    /**
     * The host of the issuer.
     *
     * @return the host with its port if it has one, or {@code null}
     */
    public @Nullable String issuerHost() {
        URI issuer = issuer();
        return issuer == null ? null : issuer.getRawAuthority();
    }

    /**
     * The tenant where the person is.
     *
     * @return the claim {@code tid}, else the first part of the issuer's path, else {@code null}
     */
    public @Nullable String tenantId() {
        String tid = claim("tid");
        URI issuer = issuer();
        if (tid != null || issuer == null || issuer.getPath() == null) {
            return tid;
        }
        String first = issuer.getPath().replaceFirst("^/", "").replaceFirst("/.*$", "");
        return first.isEmpty() ? null : first;
    }

    private @Nullable URI issuer() {
        String issuer = claim("iss");
        try {
            return issuer == null ? null : URI.create(issuer);
        } catch (IllegalArgumentException notAUri) {
            return null;
        }
    }

    /**
     * What the person signed in with.
     *
     * @return {@code preferred_username}, or the {@code upn} of AD FS, or {@code null}
     */
    public @Nullable String username() {
        String name = claim("preferred_username");
        return name != null ? name : claim("upn");
    }

    @Override
    public String toString() {
        return "IdToken";
    }
}
