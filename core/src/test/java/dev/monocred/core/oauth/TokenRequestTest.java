package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** entra.md 2.1 to 2.3 and 3; checklist 13, 34, 38, 51, 57. */
class TokenRequestTest {

    private static final String CLIENT = "33333333-3333-3333-3333-333333333333";
    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String USER_SCOPE = SCOPE + " openid profile offline_access";
    private static final String PLANTED = "planted-5ecret";

    @Test
    void aClientSecretRequestIsExactlyThis() {
        assertThat(request(new Grant.ClientCredentials(), new ClientAuthentication.Secret("s3cr+t"), null).form()).isEqualTo(
                "client_id=" + CLIENT + "&client_secret=s3cr%2Bt&grant_type=client_credentials"
                        + "&scope=https%3A%2F%2Fvault.azure.net%2F.default");
    }

    static Stream<Arguments> grants() {
        return Stream.of(
                Arguments.of(new Grant.ClientCredentials(), Map.of("grant_type", "client_credentials", "scope", SCOPE)),
                Arguments.of(new Grant.RefreshToken("RT-1"), Map.of("grant_type", "refresh_token", "refresh_token", "RT-1",
                        "scope", USER_SCOPE, "client_info", "1")),
                Arguments.of(new Grant.AuthorizationCode("C-1", "http://localhost:8400", null),
                        Map.of("grant_type", "authorization_code", "code", "C-1", "redirect_uri", "http://localhost:8400",
                                "scope", USER_SCOPE, "client_info", "1")),
                Arguments.of(new Grant.AuthorizationCode("C-1", "http://localhost:8400", "verifier~1"),
                        Map.of("grant_type", "authorization_code", "code", "C-1", "redirect_uri", "http://localhost:8400",
                                "code_verifier", "verifier~1", "scope", USER_SCOPE, "client_info", "1")),
                Arguments.of(new Grant.OnBehalfOf("UA-1"), Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        "assertion", "UA-1", "requested_token_use", "on_behalf_of", "scope", USER_SCOPE, "client_info", "1")),
                Arguments.of(new Grant.DeviceCode("DC-1"), Map.of(
                        "grant_type", "urn:ietf:params:oauth:grant-type:device_code", "device_code", "DC-1",
                        "client_info", "1")),
                Arguments.of(new Grant.Password("u@example.com", "p&w"), Map.of("grant_type", "password",
                        "username", "u@example.com", "password", "p&w", "scope", USER_SCOPE, "client_info", "1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("grants")
    void everyGrantSendsItsOwnFieldsAndNoOther(Grant grant, Map<String, String> fields) {
        Map<String, String> expected = new LinkedHashMap<>(fields);
        expected.put("client_id", CLIENT);
        assertThat(decoded(request(grant, new ClientAuthentication.None(), null))).isEqualTo(expected);
    }

    @Test
    void everyGrantIsInTheTable() {
        assertThat(grants().map(row -> requireNonNull(row.get()[0]).getClass()).distinct())
                .hasSameSizeAs(Grant.class.getPermittedSubclasses());
    }

    @Test
    void anAssertionComesWithItsType() {
        assertThat(decoded(request(new Grant.ClientCredentials(), new ClientAuthentication.Assertion("h.p.s"), null)))
                .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                .containsEntry("client_assertion", "h.p.s")
                .doesNotContainKey("client_secret");
    }

    @Test
    void aFieldWithoutAValueIsNotSent() {
        assertThat(decoded(new TokenRequest(new Grant.ClientCredentials(), new ClientAuthentication.Secret(""), CLIENT,
                List.of(), null))).containsOnlyKeys("client_id", "grant_type");
    }

    @Test
    void scopesThatTheCallerNamesAreNotSentTwiceAndKeepTheirPlace() {
        TokenRequest request = new TokenRequest(new Grant.RefreshToken("RT-1"), new ClientAuthentication.None(), CLIENT,
                List.of("offline_access", "User.Read"), null);
        assertThat(decoded(request)).containsEntry("scope", "offline_access User.Read openid profile");
    }

    @Test
    void claimsAreSentAsTheyAre() {
        String claims = "{\"id_token\": {\"auth_time\": {\"essential\": true}}}";
        assertThat(decoded(request(new Grant.DeviceCode("DC-1"), new ClientAuthentication.None(), claims)))
                .containsEntry("claims", claims);
    }

    @ParameterizedTest(name = "secret {0}")
    @MethodSource("awkward")
    void everySecretSurvivesTheForm(String secret) {
        assertThat(decoded(request(new Grant.ClientCredentials(), new ClientAuthentication.Secret(secret), null)))
                .hasSize(4).containsEntry("client_secret", secret);
    }

    static Stream<String> awkward() {
        return Stream.of("a+&=%b", "a b", "%41", "#?/:;@", "ä€😀", "~_-.*'()!", "a\r\nb", "\"\\", " lead and trail ");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("holders")
    void nothingPrintsWhatItHolds(Object holder) {
        assertThat(holder.toString()).doesNotContain(PLANTED);
    }

    static Stream<Object> holders() {
        List<Grant> grants = List.of(new Grant.ClientCredentials(), new Grant.RefreshToken(PLANTED),
                new Grant.AuthorizationCode(PLANTED, "http://localhost", PLANTED), new Grant.OnBehalfOf(PLANTED),
                new Grant.DeviceCode(PLANTED), new Grant.Password("u@example.com", PLANTED));
        List<ClientAuthentication> proofs = List.of(new ClientAuthentication.Secret(PLANTED),
                new ClientAuthentication.Assertion(PLANTED), new ClientAuthentication.None());
        assertThat(grants).as("every grant").hasSameSizeAs(Grant.class.getPermittedSubclasses());
        assertThat(proofs).as("every proof").hasSameSizeAs(ClientAuthentication.class.getPermittedSubclasses());
        return Stream.of(grants, proofs, grants.stream().flatMap(grant -> proofs.stream()
                .map(proof -> request(grant, proof, "{\"" + PLANTED + "\":1}"))).toList()).flatMap(List::stream);
    }

    private static TokenRequest request(Grant grant, ClientAuthentication authentication, @Nullable String claims) {
        return new TokenRequest(grant, authentication, CLIENT, List.of(SCOPE), claims);
    }

    private static Map<String, String> decoded(TokenRequest request) {
        Map<String, String> fields = new LinkedHashMap<>();
        Arrays.stream(request.form().split("&", -1)).map(pair -> pair.split("=", 2)).forEach(pair ->
                assertThat(fields.put(pair[0], URLDecoder.decode(pair[1], UTF_8))).as(pair[0] + " is sent once").isNull());
        return fields;
    }
}
