package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** entra.md 3.7; checklist 39, 58. */
class AuthorizationRequestTest {

    private static final String CLIENT = "33333333-3333-3333-3333-333333333333";
    private static final URI ENDPOINT = Authority.parse("login.example.com").authorizeEndpoint("organizations");
    private static final SignInSecrets SECRETS =
            new SignInSecrets("state-1", "nonce-1", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

    private static URI uri(@Nullable String claims, AuthorizationRequest.Hints hints) {
        return new AuthorizationRequest(CLIENT, "http://localhost:8400", SECRETS, List.of("https://vault.azure.net/.default"),
                claims, hints).at(ENDPOINT);
    }

    private static Map<String, String> parameters(URI uri) {
        return Stream.of(uri.getRawQuery().split("&")).map(pair -> pair.split("=", 2)).collect(Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8), (one, other) -> one + " twice", TreeMap::new));
    }

    @Test
    void theAddressHasEverythingThatWasSet() {
        URI uri = uri("{\"access_token\":{}}", new AuthorizationRequest.Hints("form_post", "select_account", "u+1@example.com",
                "example.com"));

        assertThat(uri.toString()).startsWith("https://login.example.com/organizations/oauth2/v2.0/authorize?client_id=");
        assertThat(parameters(uri)).containsExactlyInAnyOrderEntriesOf(new TreeMap<>(Map.ofEntries(
                Map.entry("client_id", CLIENT), Map.entry("response_type", "code"),
                Map.entry("redirect_uri", "http://localhost:8400"), Map.entry("response_mode", "form_post"),
                Map.entry("scope", "https://vault.azure.net/.default openid profile offline_access"),
                Map.entry("state", "state-1"), Map.entry("nonce", "nonce-1"),
                Map.entry("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                Map.entry("code_challenge_method", "S256"), Map.entry("prompt", "select_account"),
                Map.entry("login_hint", "u+1@example.com"), Map.entry("domain_hint", "example.com"),
                Map.entry("claims", "{\"access_token\":{}}"))));
    }

    @Test
    void whatIsNotSetIsNotSent() {
        assertThat(parameters(uri(null, new AuthorizationRequest.Hints(null, "", " ", null)))).containsOnlyKeys("client_id",
                "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method");
    }

    @Test
    void theVerifierStaysHere() {
        AuthorizationRequest.Hints none = new AuthorizationRequest.Hints(null, null, null, null);
        assertThat(uri(null, none).toString()).doesNotContain(SECRETS.codeVerifier());
        assertThat(new AuthorizationRequest(CLIENT, "http://localhost:1", SECRETS, List.of(), null, none).toString())
                .doesNotContain("state-1", "nonce-1", SECRETS.codeVerifier());
    }
}
