package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.monocred.testing.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserGrantsTest {

    private static final String REDIRECT = "http://localhost:8400";
    private static final String SCOPES = "https://vault.azure.net/.default openid profile offline_access";
    /** The vector of RFC 7636, appendix B. */
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-02T03:04:05Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final Client client = new Client(entra);

    @AfterEach
    void close() {
        entra.close();
    }

    private static Map<String, String> form(String grant, Map<String, String> own) {
        Map<String, String> form = new HashMap<>(Map.of("client_id", FakeEntra.CLIENT_ID, "grant_type", grant, "scope", SCOPES,
                "client_info", "1"));
        form.putAll(own);
        return form;
    }

    private Answer redeem(String code) {
        return client.post(form("authorization_code", Map.of("code", code, "redirect_uri", REDIRECT)));
    }

    private Answer refresh(String token) {
        return client.post(form("refresh_token", Map.of("refresh_token", token)));
    }

    private Answer exchange(String assertion) {
        return client.post(form(UserGrants.ON_BEHALF_OF, Map.of("assertion", assertion, "requested_token_use", "on_behalf_of",
                "client_secret", FakeEntra.CLIENT_SECRET)));
    }

    private static String refreshToken(Answer answer) {
        return answer.json().path("refresh_token").asText();
    }

    private static void assertIsRefused(Answer answer, int code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().path("error_codes").path(0).asInt()).as(answer.body()).isEqualTo(code);
    }

    @Test
    void aCodeBringsATokenWithAllThatIsKnownOfThePerson() {
        Answer answer = redeem(entra.authorizationCode(REDIRECT));
        assertThat(answer.token()).isNotBlank();
        assertThat(refreshToken(answer)).isNotBlank();
        JsonNode claims = decoded(answer.json().path("id_token").asText().split("\\.", -1)[1]);
        assertThat(claims.path("aud").asText()).isEqualTo(FakeEntra.CLIENT_ID);
        assertThat(claims.path("iss").asText()).isEqualTo(entra.authorityHost() + "/" + FakeEntra.TENANT_ID + "/v2.0");
        assertThat(claims.path("preferred_username").asText()).isEqualTo("user@example.com");
        assertThat(decoded(answer.json().path("client_info").asText()).path("utid").asText()).isEqualTo(FakeEntra.TENANT_ID);
    }

    private static JsonNode decoded(String part) {
        JsonNode json = IssuedTokens.jsonObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
        assertThat(json).isNotNull();
        return java.util.Objects.requireNonNull(json);
    }

    @Test
    void nothingThatWasNotAskedForComesAlong() {
        Map<String, String> form = form("authorization_code", Map.of("code", entra.authorizationCode(REDIRECT),
                "redirect_uri", REDIRECT, "scope", "https://vault.azure.net/.default"));
        form.remove("client_info");
        JsonNode json = client.post(form).json();
        assertThat(json.has("access_token")).isTrue();
        assertThat(json.has("refresh_token") || json.has("id_token") || json.has("client_info")).as(json.toString()).isFalse();
    }

    @Test
    void aCodeIsGoodForOneUseAlsoIfItsAnswerIsLost() {
        String code = entra.authorizationCode(REDIRECT);
        assertThat(redeem(code).status()).isEqualTo(200);
        assertIsRefused(redeem(code), 54005);
    }

    @Test
    void aCodeIsGoodOnlyWhereItWasSentAndForWhoAskedForIt() {
        assertIsRefused(redeem(entra.authorizationCode("http://localhost:1")), 500112);
        assertIsRefused(redeem(entra.authorizationCode(REDIRECT, CHALLENGE)), 501481);
        Map<String, String> form = form("authorization_code", Map.of("code", entra.authorizationCode(REDIRECT, CHALLENGE),
                "redirect_uri", REDIRECT, "code_verifier", VERIFIER));
        assertThat(client.post(form).status()).isEqualTo(200);
    }

    @Test
    void aSecretThatIsSentMustBeRight() {
        assertThat(client.post(form("authorization_code", Map.of("code", entra.authorizationCode(REDIRECT), "redirect_uri",
                REDIRECT, "client_secret", "wrong"))).status()).isEqualTo(401);
    }

    @Test
    void eachRefreshTokenReplacesTheOneBefore() {
        String first = refreshToken(redeem(entra.authorizationCode(REDIRECT)));
        String second = refreshToken(refresh(first));
        assertThat(second).isNotBlank().isNotEqualTo(first);
        assertThat(refreshToken(refresh(second))).isNotBlank().isNotEqualTo(second);
    }

    @Test
    void theUseOfAnOldRefreshTokenRevokesTheWholeFamilyAndNoOther() {
        String first = refreshToken(redeem(entra.authorizationCode(REDIRECT)));
        String second = refreshToken(refresh(first));
        String other = refreshToken(redeem(entra.authorizationCode(REDIRECT)));
        assertIsRefused(refresh(first), 700082);
        assertIsRefused(refresh(second), 700082);
        assertThat(refresh(other).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"organizations", "common"})
    void aPersonsTenantIsFound(String tenant) {
        Answer answer = client.post(tenant, form("authorization_code",
                Map.of("code", entra.authorizationCode(REDIRECT), "redirect_uri", REDIRECT)));
        assertThat(decoded(answer.token().split("\\.", -1)[1]).path("tid").asText()).isEqualTo(FakeEntra.TENANT_ID);
    }

    @Test
    void aUsersTokenIsExchangedForOneThatGoesFurther() {
        Answer answer = exchange(entra.userAssertion());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(decoded(answer.token().split("\\.", -1)[1]).path("aud").asText()).isEqualTo("https://vault.azure.net");
    }

    @Test
    void aUsersTokenMustBeOursAndForTheApiAndInTime() {
        assertIsRefused(exchange("invented.user.token"), 50013);
        assertIsRefused(exchange(client.post().token()), 500131);
        String assertion = entra.userAssertion();
        time.advance(Duration.ofHours(2));
        assertIsRefused(exchange(assertion), 500133);
    }

    @Test
    void onlyAnApplicationThatProvesItselfAsksOnBehalfOfAUser() {
        assertThat(client.post(form(UserGrants.ON_BEHALF_OF, Map.of("assertion", entra.userAssertion(), "requested_token_use",
                "on_behalf_of"))).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorization_code", "refresh_token", UserGrants.ON_BEHALF_OF})
    void aRequestWithoutItsGrantIsNamed(String grant) {
        Answer answer = client.post(form(grant, Map.of()));
        assertIsRefused(answer, 900144);
        assertThat(answer.body()).contains("'" + UserGrants.required(grant).get(0) + "'");
    }
}
