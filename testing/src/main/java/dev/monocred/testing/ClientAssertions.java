package dev.monocred.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.monocred.testing.FakeAnswer.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether an application's assertion proves it. With its certificate: the signature, and every claim; stricter than Entra
 * itself where other servers are (a {@code jti} counts once, thumbprints are base64url without padding). From elsewhere: that
 * this fake made it, for whoever has a workload's identity.
 */
final class ClientAssertions {

    static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    /** The audience that Entra wants of an assertion from elsewhere. */
    static final String EXCHANGE = "api://AzureADTokenExchange";
    private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");
    /** Entra takes no longer ones. */
    private static final long LONGEST = Duration.ofHours(24).toSeconds();

    private final IssuedTokens federated;
    private final Map<String, List<X509Certificate>> certificates = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    ClientAssertions(IssuedTokens federated) {
        this.federated = federated;
    }

    void register(String tenant, String clientId, X509Certificate certificate) {
        certificates.computeIfAbsent(application(tenant, clientId), unknown -> new CopyOnWriteArrayList<>()).add(certificate);
    }

    private static String application(String tenant, String clientId) {
        return (tenant + " " + clientId).toLowerCase(Locale.ROOT);
    }

    /** Checks the assertion of a request to that endpoint: the refusal, or {@code null}. */
    @Nullable Refusal check(RecordedTokenRequest request, String endpoint) {
        if (!TYPE.equals(request.field("client_assertion_type"))) {
            return Refusal.invalidRequest(900144,
                    "The request body must contain the following parameter: 'client_assertion_type'.");
        }
        String assertion = request.form().getOrDefault("client_assertion", "");
        JsonNode header = part(assertion, 0);
        JsonNode claims = part(assertion, 1);
        if (header == null || claims == null) {
            return refusal(50027, "JWT token is invalid or malformed.");
        }
        return header.path("alg").asText().equals("HS256") ? checkFederated(request, assertion, claims)
                : checkCertificate(request, endpoint, assertion, header, claims);
    }

    private @Nullable Refusal checkFederated(RecordedTokenRequest request, String assertion, JsonNode claims) {
        if (!claims.path("aud").asText().equals(EXCHANGE) || !federated.isMine(assertion)) {
            return refusal(700211, "No matching federated identity record found for presented assertion issuer.");
        }
        return federated.isValid(assertion, request.time()) ? null : outsideItsTime();
    }

    private @Nullable Refusal checkCertificate(RecordedTokenRequest request, String endpoint, String assertion, JsonNode header,
            JsonNode claims) {
        String clientId = request.form().getOrDefault("client_id", "");
        X509Certificate certificate = certificates.getOrDefault(application(EntraRules.tenant(request), clientId), List.of()).stream()
                .filter(each -> isNamed(header, each)).findFirst().orElse(null);
        if (certificate == null || header.has("kid") || !header.path("typ").asText().equals("JWT")) {
            return refusal(700027, "The certificate with identifier used to sign the client assertion is not registered on"
                    + " application.");
        }
        if (!isChainOf(header.path("x5c"), certificate) || !isSigned(assertion, header.path("alg").asText(), certificate)) {
            return refusal(700027, "Client assertion failed signature validation.");
        }
        return checkClaims(claims, endpoint, clientId, request.time());
    }

    private @Nullable Refusal checkClaims(JsonNode claims, String endpoint, String clientId, Instant now) {
        if (!claims.path("aud").isTextual() || !claims.path("aud").asText().equals(endpoint)) {
            return refusal(700023, "Client assertion audience claim does not match Realm issuer.");
        }
        if (!claims.path("iss").asText().equals(clientId) || !claims.path("sub").asText().equals(clientId)) {
            return refusal(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
        }
        if (!isInTime(claims, now.getEpochSecond())) {
            return outsideItsTime();
        }
        String id = claims.path("jti").asText();
        return !id.isBlank() && seen.add(id) ? null : refusal(700025, "The client assertion was used before: jti '" + id + "'.");
    }

    private static boolean isInTime(JsonNode claims, long now) {
        boolean areNumbers = List.of("nbf", "iat", "exp").stream().allMatch(name -> claims.path(name).isIntegralNumber());
        long exp = claims.path("exp").asLong();
        return areNumbers && claims.path("nbf").asLong() <= now && claims.path("iat").asLong() <= now && now < exp
                && exp - now <= LONGEST;
    }

    private static boolean isNamed(JsonNode header, X509Certificate certificate) {
        String sha256 = header.path("x5t#S256").asText();
        String sha1 = header.path("x5t").asText();
        return sha256.isEmpty() ? sha1.equals(thumbprint("SHA-1", certificate))
                : sha256.equals(thumbprint("SHA-256", certificate));
    }

    private static String thumbprint(String algorithm, X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(certificate.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** A chain is in standard base64 with the application's own certificate first; it may be absent. */
    private static boolean isChainOf(JsonNode chain, X509Certificate certificate) {
        try {
            return chain.isMissingNode()
                    || chain.path(0).asText().equals(Base64.getEncoder().encodeToString(certificate.getEncoded()));
        } catch (GeneralSecurityException notEncodable) {
            return false;
        }
    }

    private static boolean isSigned(String jwt, String algorithm, X509Certificate certificate) {
        int dot = jwt.lastIndexOf('.');
        try {
            Signature signature = verifier(algorithm);
            signature.initVerify(certificate.getPublicKey());
            signature.update(jwt.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(jwt.substring(dot + 1)));
        } catch (GeneralSecurityException | IllegalArgumentException noSignature) {
            return false;
        }
    }

    private static Signature verifier(String algorithm) throws GeneralSecurityException {
        if (algorithm.equals("RS256")) {
            return Signature.getInstance("SHA256withRSA");
        }
        Signature pss = Signature.getInstance(algorithm.equals("PS256") ? "RSASSA-PSS" : algorithm);
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        return pss;
    }

    private static @Nullable JsonNode part(String jwt, int index) {
        try {
            return JWT.matcher(jwt).matches() ? IssuedTokens.jsonObject(
                    new String(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[index]), StandardCharsets.UTF_8)) : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static Refusal outsideItsTime() {
        return refusal(700024, "Client assertion is not within its valid time range.");
    }

    private static Refusal refusal(long code, String sentence) {
        return new Refusal(401, "invalid_client", code, sentence, Map.of());
    }
}
