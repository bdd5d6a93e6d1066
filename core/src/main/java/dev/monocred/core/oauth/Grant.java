package dev.monocred.core.oauth;

import static dev.monocred.core.oauth.OAuthParameters.ASSERTION;
import static dev.monocred.core.oauth.OAuthParameters.CODE;
import static dev.monocred.core.oauth.OAuthParameters.CODE_VERIFIER;
import static dev.monocred.core.oauth.OAuthParameters.DEVICE_CODE;
import static dev.monocred.core.oauth.OAuthParameters.GRANT_TYPE;
import static dev.monocred.core.oauth.OAuthParameters.PASSWORD;
import static dev.monocred.core.oauth.OAuthParameters.REDIRECT_URI;
import static dev.monocred.core.oauth.OAuthParameters.REFRESH_TOKEN;
import static dev.monocred.core.oauth.OAuthParameters.REQUESTED_TOKEN_USE;
import static dev.monocred.core.oauth.OAuthParameters.USERNAME;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is exchanged for a token. A new grant is a new record; the compiler then asks for its form fields. No record prints
 * what it holds.
 */
public sealed interface Grant {

    /**
     * The form fields that only this grant has, {@code grant_type} among them.
     *
     * @return the fields; an empty value means that the field is not sent
     */
    Map<String, String> parameters();

    /**
     * Whether a person stands behind the token. Then Entra is asked for the ids of the account ({@code client_info}).
     *
     * @return {@code false} for what an application gets for itself
     */
    default boolean isForUser() {
        return true;
    }

    /**
     * What is sent as {@code scope}: for a person the scopes of the caller, and after them those that bring an id token
     * and a refresh token.
     *
     * @param asked the scopes of the caller
     * @return the scopes to send, none twice; empty if the field is not sent
     */
    default List<String> scopes(List<String> asked) {
        return userScopes(asked);
    }

    /**
     * What is sent for a person, to whichever endpoint the flow begins at.
     *
     * @param asked the scopes of the caller
     * @return these, and after them those that bring an id token and a refresh token; none twice
     */
    static List<String> userScopes(List<String> asked) {
        return Stream.concat(asked.stream(), Stream.of("openid", "profile", "offline_access")).distinct().toList();
    }

    /**
     * The application asks for itself.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>
     */
    record ClientCredentials() implements Grant {

        @Override
        public Map<String, String> parameters() {
            return Map.of(GRANT_TYPE, "client_credentials");
        }

        @Override
        public boolean isForUser() {
            return false;
        }

        /** There is no person to identify, and a refresh token must not be issued: RFC 6749, section 4.4.3. */
        @Override
        public List<String> scopes(List<String> asked) {
            return asked;
        }
    }

    /**
     * A token from an earlier answer. Redeem only the newest: a server that rotates them revokes the whole family when an
     * old one comes again.
     *
     * @param refreshToken the secret
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-6">RFC 6749, section 6</a>
     */
    record RefreshToken(String refreshToken) implements Grant {

        @Override
        public Map<String, String> parameters() {
            return Map.of(GRANT_TYPE, "refresh_token", REFRESH_TOKEN, refreshToken);
        }

        @Override
        public String toString() {
            return "RefreshToken";
        }
    }

    /**
     * What the browser brought back. Good for one use.
     *
     * @param code the secret
     * @param redirectUri exactly as it was sent to the authorize endpoint
     * @param codeVerifier the other half of the code challenge, or {@code null} if none was sent
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3">RFC 6749, section 4.1.3</a>
     * @see <a href="https://www.rfc-editor.org/rfc/rfc7636#section-4.5">RFC 7636, section 4.5</a>
     */
    record AuthorizationCode(String code, String redirectUri, @Nullable String codeVerifier) implements Grant {

        @Override
        public Map<String, String> parameters() {
            return Map.of(GRANT_TYPE, "authorization_code", CODE, code, REDIRECT_URI, redirectUri,
                    CODE_VERIFIER, codeVerifier == null ? "" : codeVerifier);
        }

        @Override
        public String toString() {
            return "AuthorizationCode[redirectUri=" + redirectUri + "]";
        }
    }

    /**
     * The token with which a person called a web API, exchanged for one with which the API calls on.
     *
     * @param assertion the caller's access token, a secret
     * @see <a href="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow">On-behalf-of flow</a>
     */
    record OnBehalfOf(String assertion) implements Grant {

        @Override
        public Map<String, String> parameters() {
            return Map.of(GRANT_TYPE, "urn:ietf:params:oauth:grant-type:jwt-bearer", ASSERTION, assertion,
                    REQUESTED_TOKEN_USE, "on_behalf_of");
        }

        @Override
        public String toString() {
            return "OnBehalfOf";
        }
    }

    /**
     * The half of the device code pair that the device keeps.
     *
     * @param deviceCode the secret
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.4">RFC 8628, section 3.4</a>
     */
    record DeviceCode(String deviceCode) implements Grant {

        @Override
        public Map<String, String> parameters() {
            return Map.of(GRANT_TYPE, "urn:ietf:params:oauth:grant-type:device_code", DEVICE_CODE, deviceCode);
        }

        /** The scopes were sent when the code was asked for; the poll has no such field. */
        @Override
        public List<String> scopes(List<String> asked) {
            return List.of();
        }

        @Override
        public String toString() {
            return "DeviceCode";
        }
    }

    /**
     * A person's name and password.
     *
     * @param username the name
     * @param password the secret
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.3">RFC 6749, section 4.3</a>
     */
    record Password(String username, String password) implements Grant {

        @Override
        public Map<String, String> parameters() {
            return Map.of(GRANT_TYPE, "password", USERNAME, username, PASSWORD, password);
        }

        @Override
        public String toString() {
            return "Password";
        }
    }
}
