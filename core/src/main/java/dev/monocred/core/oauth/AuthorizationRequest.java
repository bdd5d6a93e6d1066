package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The question that a browser carries to the authorize endpoint. Immutable.
 *
 * @param clientId who asks
 * @param redirectUri where the answer goes
 * @param secrets what the answer is recognized by
 * @param scopes what the caller wants, without the scopes that bring an id token and a refresh token
 * @param claims what the token must satisfy besides, already {@linkplain Claims#merge merged}; {@code null} for nothing
 * @param hints what the page is told about the person
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1">RFC 6749, section 4.1.1</a>
 */
public record AuthorizationRequest(String clientId, String redirectUri, SignInSecrets secrets, List<String> scopes,
        @Nullable String claims, Hints hints) {

    /**
     * Takes a copy of the scopes.
     *
     * @param clientId who asks
     * @param redirectUri where the answer goes
     * @param secrets what the answer is recognized by
     * @param scopes what the caller wants
     * @param claims what the token must satisfy besides
     * @param hints what the page is told about the person
     */
    public AuthorizationRequest {
        scopes = List.copyOf(scopes);
    }

    /**
     * What the page is told about the person, and how it answers. What is {@code null} or blank is not sent.
     *
     * @param responseMode {@code form_post} or {@code query}
     * @param prompt whether to choose an account, to type a password again, to consent
     * @param loginHint the name to sign in with
     * @param domainHint whose sign-in page to go to at once
     */
    public record Hints(@Nullable String responseMode, @Nullable String prompt, @Nullable String loginHint,
            @Nullable String domainHint) {}

    /**
     * The address to open in a browser.
     *
     * @param authorizeEndpoint of the tenant
     * @return the address; it holds no secret that lets anybody redeem a code
     */
    public URI at(URI authorizeEndpoint) {
        Map<String, @Nullable String> parameters = new LinkedHashMap<>();
        parameters.put(OAuthParameters.CLIENT_ID, clientId);
        parameters.put("response_type", "code");
        parameters.put(OAuthParameters.REDIRECT_URI, redirectUri);
        parameters.put("response_mode", hints.responseMode);
        parameters.put(OAuthParameters.SCOPE, String.join(" ", Grant.userScopes(scopes)));
        parameters.put(OAuthParameters.STATE, secrets.state());
        parameters.put("nonce", secrets.nonce());
        parameters.put("code_challenge", secrets.codeChallenge());
        parameters.put("code_challenge_method", "S256");
        parameters.put("prompt", hints.prompt);
        parameters.put("login_hint", hints.loginHint);
        parameters.put("domain_hint", hints.domainHint);
        parameters.put(OAuthParameters.CLAIMS, claims);
        return URI.create(authorizeEndpoint + "?" + parameters.entrySet().stream()
                .filter(parameter -> parameter.getValue() != null && !parameter.getValue().isBlank())
                .map(parameter -> parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("&")));
    }

    @Override
    public String toString() {
        return "AuthorizationRequest[clientId=" + clientId + ", redirectUri=" + redirectUri + ", scopes=" + scopes + "]";
    }
}
