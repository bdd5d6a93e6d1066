package dev.monocred.core.oauth;

import static dev.monocred.core.oauth.OAuthParameters.CLIENT_ASSERTION;
import static dev.monocred.core.oauth.OAuthParameters.CLIENT_ASSERTION_TYPE;
import static dev.monocred.core.oauth.OAuthParameters.CLIENT_SECRET;

import java.util.Map;

/** How the application proves itself; always in the body, as every Entra client does. No record prints what it holds. */
public sealed interface ClientAuthentication {

    /**
     * The form fields of the proof.
     *
     * @return the fields; none for a public client
     */
    Map<String, String> parameters();

    /**
     * A password of the application.
     *
     * @param secret the secret
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1">RFC 6749, section 2.3.1</a>
     */
    record Secret(String secret) implements ClientAuthentication {

        @Override
        public Map<String, String> parameters() {
            return Map.of(CLIENT_SECRET, secret);
        }

        @Override
        public String toString() {
            return "Secret";
        }
    }

    /**
     * A signed statement by the application, or by somebody it trusts.
     *
     * @param assertion the JWT, a secret
     * @see <a href="https://www.rfc-editor.org/rfc/rfc7523#section-2.2">RFC 7523, section 2.2</a>
     */
    record Assertion(String assertion) implements ClientAuthentication {

        @Override
        public Map<String, String> parameters() {
            return Map.of(CLIENT_ASSERTION_TYPE, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    CLIENT_ASSERTION, assertion);
        }

        @Override
        public String toString() {
            return "Assertion";
        }
    }

    /** A public client, which has nothing to prove itself with. */
    record None() implements ClientAuthentication {

        @Override
        public Map<String, String> parameters() {
            return Map.of();
        }
    }
}
