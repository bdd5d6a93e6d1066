package dev.monocred.core.oauth;

/**
 * Names of form fields and answer members, as the specifications spell them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#appendix-A">RFC 6749, appendix A</a>
 */
public final class OAuthParameters {

    /** RFC 6749, section 2.2. */
    public static final String CLIENT_ID = "client_id";
    /** RFC 6749, section 2.3.1. */
    public static final String CLIENT_SECRET = "client_secret";
    /** RFC 7521, section 4.2. */
    public static final String CLIENT_ASSERTION = "client_assertion";
    /** RFC 7521, section 4.2. */
    public static final String CLIENT_ASSERTION_TYPE = "client_assertion_type";
    /** RFC 6749, section 4. */
    public static final String GRANT_TYPE = "grant_type";
    /** RFC 6749, section 3.3. */
    public static final String SCOPE = "scope";
    /** OpenID Connect Core 1.0, section 5.5. */
    public static final String CLAIMS = "claims";
    /** Entra: asks for, and answers with, the ids of the account. */
    public static final String CLIENT_INFO = "client_info";
    /** RFC 6749, section 4.1.3. */
    public static final String CODE = "code";
    /** RFC 6749, section 4.1.1. */
    public static final String STATE = "state";
    /** RFC 7636, section 4.5. */
    public static final String CODE_VERIFIER = "code_verifier";
    /** RFC 6749, section 4.1.3. */
    public static final String REDIRECT_URI = "redirect_uri";
    /** RFC 6749, section 6. */
    public static final String REFRESH_TOKEN = "refresh_token";
    /** RFC 7521, section 4.1. */
    public static final String ASSERTION = "assertion";
    /** Entra: tells on behalf of from other uses of the same grant type. */
    public static final String REQUESTED_TOKEN_USE = "requested_token_use";
    /** RFC 8628, section 3.4. */
    public static final String DEVICE_CODE = "device_code";
    /** RFC 6749, section 4.3.2. */
    public static final String USERNAME = "username";
    /** RFC 6749, section 4.3.2. */
    public static final String PASSWORD = "password";
    /** RFC 6749, section 5.1. */
    public static final String ACCESS_TOKEN = "access_token";
    /** RFC 6749, section 5.1. */
    public static final String TOKEN_TYPE = "token_type";
    /** RFC 6749, section 5.1: seconds of life. */
    public static final String EXPIRES_IN = "expires_in";
    /** Entra v1 and the managed identity hosts: the end of life. */
    public static final String EXPIRES_ON = "expires_on";
    /** Entra: seconds until a new token should be asked for. */
    public static final String REFRESH_IN = "refresh_in";
    /** OpenID Connect Core 1.0, section 3.1.3.3. */
    public static final String ID_TOKEN = "id_token";
    /** Entra: the family of applications that share a refresh token. */
    public static final String FAMILY_ID = "foci";
    /** RFC 6749, section 5.2. */
    public static final String ERROR = "error";
    /** RFC 6749, section 5.2. */
    public static final String ERROR_DESCRIPTION = "error_description";
    /** Entra: its own numbers. */
    public static final String ERROR_CODES = "error_codes";
    /** Entra: the finer reason. */
    public static final String SUBERROR = "suberror";
    /** Entra: the id to quote to support. */
    public static final String CORRELATION_ID = "correlation_id";
    /** Entra: the id of one answer. */
    public static final String TRACE_ID = "trace_id";
    /** Entra: when it answered. */
    public static final String TIMESTAMP = "timestamp";

    private OAuthParameters() {}
}
