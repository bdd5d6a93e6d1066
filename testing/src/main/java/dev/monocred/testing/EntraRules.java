package dev.monocred.testing;

import dev.monocred.testing.FakeAnswer.Refusal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Entra checks of a token request, in its order, and the refusal it has for each: the codes and sentences are those
 * that applications see.
 */
final class EntraRules {

    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9.-]+");
    /** OpenID scopes that Entra puts up with in a client credentials request, though they mean nothing there. */
    private static final Set<String> TOLERATED = Set.of("openid", "profile", "offline_access");
    private static final String DEFAULT = "/.default";
    private static final String APPLICATION = "client_credentials";
    /** The tenants that stand for the one a person belongs to. */
    private static final Set<String> ANY_TENANT = Set.of("organizations", "common");

    private final Map<String, Map<String, String>> secretsByTenant = new ConcurrentHashMap<>();
    private final ClientAssertions assertions;
    private final Supplier<String> authority;

    EntraRules(ClientAssertions assertions, Supplier<String> authority) {
        this.assertions = assertions;
        this.authority = authority;
    }

    /** An application that has a certificate needs no secret, so it gets one that nobody knows. */
    void register(String tenant, String clientId, X509Certificate certificate) {
        secretsByTenant.computeIfAbsent(lowerCase(tenant), unknown -> new ConcurrentHashMap<>())
                .putIfAbsent(lowerCase(clientId), UUID.randomUUID().toString());
        assertions.register(tenant, clientId, certificate);
    }

    void register(String tenant, String clientId, String secret) {
        secretsByTenant.computeIfAbsent(lowerCase(tenant), unknown -> new ConcurrentHashMap<>())
                .put(lowerCase(clientId), secret);
    }

    /** Checks a request: the refusal, or {@code null} if a token may be issued. */
    @Nullable Refusal check(RecordedTokenRequest request) {
        Refusal refusal = checkTransport(request);
        refusal = refusal != null ? refusal : checkForm(request);
        refusal = refusal != null ? refusal : checkTenant(request);
        refusal = refusal != null ? refusal : checkApplication(request);
        return refusal != null ? refusal : checkScope(request);
    }

    /** Checks a request for device codes. */
    @Nullable Refusal checkDevice(RecordedTokenRequest request) {
        Refusal refusal = checkTransport(request);
        for (String required : List.of("client_id", "scope")) {
            refusal = refusal != null || !isAbsent(request, required) ? refusal : missing(required);
        }
        refusal = refusal != null ? refusal : checkTenant(request);
        return refusal != null ? refusal : checkRegistered(request);
    }

    private static Refusal missing(String parameter) {
        return Refusal.invalidRequest(900144, "The request body must contain the following parameter: '" + parameter + "'.");
    }

    /** For which resource the token is: the scope without its last part. A permission alone is one of Graph's. */
    static String audience(RecordedTokenRequest request) {
        String scope = resourceScopes(request).stream().findFirst().orElse("");
        return scope.contains("/") ? scope.substring(0, scope.lastIndexOf('/')) : "https://graph.microsoft.com";
    }

    static boolean isForApplication(RecordedTokenRequest request) {
        return APPLICATION.equals(request.field("grant_type"));
    }

    /** Whose tenant the token is for. */
    static String tenant(RecordedTokenRequest request) {
        return isForApplication(request) ? request.tenant() : tenant(request.tenant());
    }

    /** Whose tenant a person signs in to. */
    static String tenant(String named) {
        return ANY_TENANT.contains(lowerCase(named)) ? FakeEntra.TENANT_ID : named;
    }

    boolean isRegistered(String tenant, String clientId) {
        return secretsByTenant.getOrDefault(lowerCase(tenant), Map.of()).containsKey(lowerCase(clientId));
    }

    private static @Nullable Refusal checkTransport(RecordedTokenRequest request) {
        if (!request.method().equals("POST")) {
            return Refusal.invalidRequest(900561,
                    "The endpoint only accepts POST requests. Received a " + request.method() + " request.");
        }
        if (request.header("content-length") == null || request.header("transfer-encoding") != null) {
            return new Refusal(411, "invalid_request", 9002313, "HTTP Error 411. The request must have a Content-Length.",
                    Map.of());
        }
        String contentType = request.header("content-type");
        if (contentType == null || !lowerCase(contentType).matches("application/x-www-form-urlencoded(;.*)?")) {
            return Refusal.invalidRequest(9002313, "Invalid request. The content type is not a form: " + contentType + ".");
        }
        return request.isWellFormed() ? null
                : Refusal.invalidRequest(9002313, "Invalid request. Request is malformed or invalid.");
    }

    private static @Nullable Refusal checkForm(RecordedTokenRequest request) {
        String grant = request.form().getOrDefault("grant_type", "");
        List<String> required = Stream.concat(Stream.of("grant_type", "client_id", "scope"), UserGrants.required(grant).stream())
                .toList();
        for (String field : required) {
            if (isAbsent(request, field)) {
                return missing(field);
            }
        }
        if (!grant.equals(APPLICATION) && !UserGrants.isGrant(grant)) {
            return new Refusal(400, "unsupported_grant_type", 70003,
                    "The app requested an unsupported grant type '" + grant + "'.", Map.of());
        }
        String claims = request.field("claims");
        return claims == null || IssuedTokens.jsonObject(claims) != null ? null
                : Refusal.invalidRequest(9002313, "Invalid request. The parameter 'claims' is not a JSON object.");
    }

    private @Nullable Refusal checkTenant(RecordedTokenRequest request) {
        String tenant = tenant(request);
        if (!TENANT.matcher(tenant).matches()) {
            return Refusal.invalidRequest(900023, "Specified tenant identifier '" + tenant
                    + "' is neither a valid DNS name, nor a valid external domain.");
        }
        return secretsByTenant.containsKey(lowerCase(tenant)) ? null
                : Refusal.invalidRequest(90002, "Tenant '" + tenant + "' not found. Check to make sure you have the"
                        + " correct tenant ID and are signing into the correct cloud.");
    }

    private @Nullable Refusal checkApplication(RecordedTokenRequest request) {
        Refusal unknown = checkRegistered(request);
        if (unknown != null) {
            return unknown;
        }
        if (!isAbsent(request, "client_assertion")) {
            return assertions.check(request, authority.get() + request.path());
        }
        if (isAbsent(request, "client_secret") && UserGrants.isForPublicClients(UserGrants.grant(request))) {
            return null;
        }
        if (isAbsent(request, "client_secret")) {
            return invalidClient(7000218, "The request body must contain the following parameter: 'client_assertion' or"
                    + " 'client_secret'.");
        }
        return request.form().getOrDefault("client_secret", "").equals(secret(request)) ? null
                : invalidClient(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is"
                        + " the client secret value, not the client secret ID, for a secret added to app '" + request.field("client_id") + "'.");
    }

    private @Nullable Refusal checkRegistered(RecordedTokenRequest request) {
        return secret(request) != null ? null : new Refusal(400, "unauthorized_client", 700016, "Application with identifier '"
                + request.field("client_id") + "' was not found in the directory '" + request.tenant() + "'.", Map.of());
    }

    private @Nullable String secret(RecordedTokenRequest request) {
        return secretsByTenant.getOrDefault(lowerCase(tenant(request)), Map.of())
                .get(lowerCase(request.form().getOrDefault("client_id", "")));
    }

    private static @Nullable Refusal checkScope(RecordedTokenRequest request) {
        if (!isForApplication(request)) {
            return null;
        }
        List<String> scopes = resourceScopes(request);
        boolean isOneResource = scopes.size() == 1 && scopes.get(0).endsWith(DEFAULT)
                && scopes.get(0).length() > DEFAULT.length();
        return isOneResource ? null : new Refusal(400, "invalid_scope", 70011, "The provided request must include a"
                + " 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope "
                + String.join(" ", scopes) + " is not valid: client credentials need one resource with /.default.", Map.of());
    }

    private static List<String> resourceScopes(RecordedTokenRequest request) {
        return request.scopes().stream().filter(scope -> !TOLERATED.contains(scope)).toList();
    }

    private static Refusal invalidClient(long code, String sentence) {
        return new Refusal(401, "invalid_client", code, sentence, Map.of());
    }

    private static boolean isAbsent(RecordedTokenRequest request, String field) {
        return request.form().getOrDefault(field, "").isBlank();
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
