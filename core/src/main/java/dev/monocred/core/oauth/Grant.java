package dev.monocred.core.oauth;

/** What is exchanged for a token. */
public sealed interface Grant {

    /**
     * The application asks for itself.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>
     */
    record ClientCredentials() implements Grant {}
}
