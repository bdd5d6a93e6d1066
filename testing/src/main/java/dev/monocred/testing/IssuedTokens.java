package dev.monocred.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of the shape that Entra issues to applications (version 1.0: what emulators such as Azurite accept), each one
 * unique, signed with a key that lives as long as the fake.
 */
final class IssuedTokens {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String NO_CLAIMS = "";
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final SecretKey key = newKey();
    private final Map<String, String> revoked = new ConcurrentHashMap<>();

    private static SecretKey newKey() {
        try {
            return KeyGenerator.getInstance(ALGORITHM).generateKey();
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    String issue(String tenant, String clientId, String audience, Instant now, Duration lifetime) {
        ObjectNode claims = JsonNodeFactory.instance.objectNode()
                .put("aud", audience)
                .put("iss", "https://sts.windows.net/" + tenant + "/")
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.plus(lifetime).getEpochSecond())
                .put("appid", clientId)
                .put("tid", tenant)
                .put("uti", UUID.randomUUID().toString())
                .put("ver", "1.0");
        return signed(claims);
    }

    /** An assertion as a workload's own issuer makes it: Kubernetes, a pipeline, another cloud. */
    String federate(String subject, Instant now, Duration lifetime) {
        return signed(JsonNodeFactory.instance.objectNode()
                .put("aud", ClientAssertions.EXCHANGE)
                .put("iss", "https://issuer.invalid/")
                .put("sub", subject)
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.plus(lifetime).getEpochSecond())
                .put("jti", UUID.randomUUID().toString()));
    }

    private String signed(ObjectNode claims) {
        String signed = base64("{\"typ\":\"JWT\",\"alg\":\"HS256\"}") + "." + base64(claims.toString());
        return signed + "." + sign(signed);
    }

    /** Whether this fake issued the text and the token has not ended; revoked or not. */
    boolean isValid(String token, Instant now) {
        if (!isMine(token)) {
            return false;
        }
        JsonNode json = claims(token);
        return json != null && now.getEpochSecond() < json.path("exp").asLong();
    }

    /** Whom a token of this fake is for. */
    String audience(String token) {
        JsonNode json = claims(token);
        return json == null ? "" : json.path("aud").asText();
    }

    private static @Nullable JsonNode claims(String token) {
        return jsonObject(new String(Base64.getUrlDecoder().decode(
                token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'))), StandardCharsets.UTF_8));
    }

    /** Whether this fake issued the text. */
    boolean isMine(String token) {
        int dot = token.lastIndexOf('.');
        return dot >= 0 && MessageDigest.isEqual(bytes(token.substring(dot + 1)), bytes(sign(token.substring(0, dot))));
    }

    void revoke(String token, @Nullable String claims) {
        revoked.put(token, claims == null ? NO_CLAIMS : claims);
    }

    boolean isRevoked(String token) {
        return revoked.containsKey(token);
    }

    /** The claims challenge for a revoked token, in base64, or {@code null} if there is none. */
    @Nullable String challenge(String token) {
        String claims = revoked.getOrDefault(token, NO_CLAIMS);
        return claims.isEmpty() ? null : Base64.getEncoder().encodeToString(bytes(claims));
    }

    /** The text as a JSON object, or {@code null} if it is none. */
    static @Nullable JsonNode jsonObject(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.isObject() ? json : null;
        } catch (JsonProcessingException notJson) {
            return null;
        }
    }

    private String sign(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(bytes(text)));
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
