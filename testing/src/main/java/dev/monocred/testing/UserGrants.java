package dev.monocred.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.FakeAnswer.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a person: codes, each good for one use; refresh tokens, of which each replaces the one before, and the use
 * of an old one ends them all, as strict servers have it; and tokens that a web API passes on.
 */
final class UserGrants {

    static final String ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String CODE = "authorization_code";
    private static final String REFRESH_TOKEN = "refresh_token";
    private static final String PASSWORD = "password";
    /** What a request must have besides what every request must have. */
    private static final Map<String, List<String>> REQUIRED = Map.of(CODE, List.of("code", "redirect_uri"),
            REFRESH_TOKEN, List.of("refresh_token"), FakeDevices.GRANT, List.of("device_code"),
            PASSWORD, List.of("username", "password"), ON_BEHALF_OF, List.of("assertion", "requested_token_use"));
    /** What an application that cannot keep a secret may redeem; each one of this fake's may be such. */
    private static final Set<String> PUBLIC = Set.of(CODE, REFRESH_TOKEN, FakeDevices.GRANT, PASSWORD);
    private static final String REVOKED = "";

    private final IssuedTokens tokens;
    private final FakeDevices devices;
    private final Supplier<String> authority;
    private final Map<String, Code> codes = new ConcurrentHashMap<>();
    private final Map<String, Family> families = new ConcurrentHashMap<>();

    UserGrants(IssuedTokens tokens, FakeDevices devices, Supplier<String> authority) {
        this.tokens = tokens;
        this.devices = devices;
        this.authority = authority;
    }

    /**
     * Who signed in.
     *
     * @param objectId the id within the tenant
     * @param username the name to sign in with
     */
    record Person(String objectId, String username) {
        static final Person USUAL = new Person("11111111-1111-1111-1111-111111111111", FakeEntra.USERNAME);
    }

    /**
     * What a sign-in in the browser led to.
     *
     * @param redirectUri where the code was sent
     * @param challenge the code challenge, or {@code null}
     * @param nonce what the id token must repeat, or {@code null}
     * @param person who signed in
     */
    record Code(String redirectUri, @Nullable String challenge, @Nullable String nonce, Person person) {}

    /**
     * What became of a grant.
     *
     * @param refusal why nothing, or {@code null}
     * @param person whose it was
     * @param nonce what the id token must repeat, or {@code null}
     * @param refreshToken the next one, or {@code null}
     */
    record Redeemed(@Nullable Refusal refusal, Person person, @Nullable String nonce, @Nullable String refreshToken) {}

    /** The refresh tokens of one sign-in. */
    private record Family(String clientId, Person person, AtomicReference<String> newest) {}

    static boolean isGrant(String grant) {
        return REQUIRED.containsKey(grant);
    }

    static List<String> required(String grant) {
        return REQUIRED.getOrDefault(grant, List.of());
    }

    static boolean isForPublicClients(String grant) {
        return PUBLIC.contains(grant);
    }

    /** A new code, as the authorize endpoint gives it. */
    String issue(Code code) {
        String text = "invented-code-" + UUID.randomUUID();
        codes.put(text, code);
        return text;
    }

    /** Uses the grant up, whose request is right in every other way. */
    Redeemed redeem(RecordedTokenRequest request) {
        return switch (grant(request)) {
            case CODE -> redeemCode(request);
            case REFRESH_TOKEN -> redeemRefreshToken(request);
            case FakeDevices.GRANT -> redeemDeviceCode(request);
            case PASSWORD -> redeemPassword(request);
            default -> redeemAssertion(request);
        };
    }

    static String grant(RecordedTokenRequest request) {
        return field(request, "grant_type");
    }

    private static String field(RecordedTokenRequest request, String name) {
        return request.form().getOrDefault(name, "");
    }

    private Redeemed redeemCode(RecordedTokenRequest request) {
        Code code = codes.remove(field(request, "code"));
        if (code == null) {
            return refused(54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an"
                    + " existing refresh token.");
        }
        if (!code.redirectUri.equals(request.field("redirect_uri"))) {
            return refused(500112, "The reply address does not match the reply address provided when requesting the code.");
        }
        return code.challenge == null || code.challenge.equals(challenge(field(request, "code_verifier")))
                ? begun(request, code.person, code.nonce)
                : refused(501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.");
    }

    private Redeemed redeemRefreshToken(RecordedTokenRequest request) {
        String token = field(request, "refresh_token");
        Family family = families.get(token);
        if (family == null || !family.clientId.equals(request.field("client_id"))) {
            return refused(70000, "The provided value for the input parameter 'refresh_token' is not valid.");
        }
        String newest = family.newest.get();
        String next = next(family);
        if (newest.equals(token) && family.newest.compareAndSet(newest, next)) {
            return new Redeemed(null, family.person, null, next);
        }
        family.newest.set(REVOKED); // whoever comes with an old one may have stolen it
        return refused(700082, "The refresh token was used before; all refresh tokens of this sign-in are revoked.");
    }

    private Redeemed redeemDeviceCode(RecordedTokenRequest request) {
        Refusal refusal = devices.ask(request);
        return refusal == null ? begun(request, Person.USUAL, null) : new Redeemed(refusal, Person.USUAL, null, null);
    }

    private Redeemed redeemPassword(RecordedTokenRequest request) {
        if (!FakeEntra.USERNAME.equalsIgnoreCase(request.field("username"))) {
            return refused(50034, "The user account does not exist in this directory.");
        }
        return FakeEntra.PASSWORD.equals(request.field("password")) ? begun(request, Person.USUAL, null)
                : refused(50126, "Error validating credentials due to invalid username or password.");
    }

    private Redeemed redeemAssertion(RecordedTokenRequest request) {
        String assertion = field(request, "assertion");
        if (!"on_behalf_of".equals(request.field("requested_token_use"))) {
            return new Redeemed(Refusal.invalidRequest(900382, "The parameter 'requested_token_use' is not 'on_behalf_of'."),
                    Person.USUAL, null, null);
        }
        if (!tokens.isMine(assertion)) {
            return refused(50013, "Assertion failed signature validation.");
        }
        if (!tokens.audience(assertion).equals(request.field("client_id"))) {
            return refused(500131, "Assertion audience does not match the Client app presenting the assertion.");
        }
        return tokens.isValid(assertion, request.time()) ? begun(request, Person.USUAL, null)
                : refused(500133, "Assertion is not within its valid time range.");
    }

    private Redeemed begun(RecordedTokenRequest request, Person person, @Nullable String nonce) {
        return new Redeemed(null, person, nonce, request.scopes().contains("offline_access")
                ? first(new Family(field(request, "client_id"), person, new AtomicReference<>(REVOKED))) : null);
    }

    private String first(Family family) {
        String token = next(family);
        family.newest.set(token);
        return token;
    }

    private String next(Family family) {
        String token = "invented-refresh-token-" + UUID.randomUUID();
        families.put(token, family);
        return token;
    }

    private static Redeemed refused(long code, String sentence) {
        return new Redeemed(new Refusal(400, "invalid_grant", code, sentence, Map.of()), Person.USUAL, null, null);
    }

    /** The code challenge of a verifier, made with S256. */
    static String challenge(String verifier) {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** Adds to a token what a person's comes with, as far as it was asked for. */
    void complete(RecordedTokenRequest request, Redeemed redeemed, ObjectNode answer) {
        String tenant = EntraRules.tenant(request);
        if (redeemed.refreshToken != null) {
            answer.put("refresh_token", redeemed.refreshToken);
        }
        if (request.scopes().contains("openid")) {
            answer.put("id_token", idToken(tenant, field(request, "client_id"), redeemed));
        }
        if ("1".equals(request.field("client_info"))) {
            answer.put("client_info", base64(JsonNodeFactory.instance.objectNode()
                    .put("uid", redeemed.person.objectId).put("utid", tenant)));
        }
    }

    private String idToken(String tenant, String clientId, Redeemed redeemed) {
        ObjectNode claims = JsonNodeFactory.instance.objectNode().put("aud", clientId)
                .put("iss", authority.get() + "/" + tenant + "/v2.0").put("tid", tenant).put("oid", redeemed.person.objectId)
                .put("sub", "invented-subject-of-" + clientId).put("preferred_username", redeemed.person.username);
        if (redeemed.nonce != null) {
            claims.put("nonce", redeemed.nonce);
        }
        return base64(JsonNodeFactory.instance.objectNode().put("alg", "none")) + "." + base64(claims) + ".";
    }

    private static String base64(JsonNode json) {
        return base64(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
