package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.EntraError;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a browser brought back from the authorize endpoint, in a query or in a form. Anybody on this machine can send one, so
 * look at the state first. Parameters that we do not know ({@code iss}, {@code session_state}) are ignored. Prints no code.
 *
 * @param state which sign-in it answers, or {@code null}
 * @param code what is redeemed for tokens, or {@code null}
 * @param refusal why there is no code, or {@code null}
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2">RFC 6749, section 4.1.2</a>
 */
public record AuthorizationAnswer(@Nullable String state, @Nullable String code, @Nullable Refused refusal) {

    private static final AuthorizationAnswer NOTHING = new AuthorizationAnswer(null, null, null);

    /** The authorize endpoint repeats in its sentence what the token endpoint has members for. */
    private static final Pattern CORRELATION_ID = Pattern.compile("Correlation ID: ([0-9A-Fa-f-]{36})");
    private static final Pattern TRACE_ID = Pattern.compile("Trace ID: ([0-9A-Fa-f-]{36})");

    /**
     * Reads an answer.
     *
     * @param encoded a query without its question mark, or the body of a form
     * @return the answer; one without any part if the text is malformed or has a parameter twice (RFC 6749, section 3.1)
     */
    public static AuthorizationAnswer parse(String encoded) {
        try {
            Map<String, String> parameters = parameters(encoded);
            return new AuthorizationAnswer(text(parameters, OAuthParameters.STATE), text(parameters, OAuthParameters.CODE),
                    refusal(parameters));
        } catch (IllegalArgumentException malformed) {
            return NOTHING;
        }
    }

    private static Map<String, String> parameters(String encoded) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), UTF_8);
            String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8);
            if (parameters.put(name, value) != null) {
                throw new IllegalArgumentException("it has a parameter twice");
            }
        }
        return parameters;
    }

    private static @Nullable Refused refusal(Map<String, String> parameters) {
        String error = text(parameters, OAuthParameters.ERROR);
        if (error == null) {
            return null;
        }
        String description = TokenResponseParser.oneLine(text(parameters, OAuthParameters.ERROR_DESCRIPTION));
        String suberror = text(parameters, "error_subcode");
        EntraError said = EntraError.builder(0)
                .error(TokenResponseParser.shorten(error))
                .errorDescription(description)
                .errorCodes(TokenResponseParser.errorCodes(description))
                .suberror(suberror == null ? null : TokenResponseParser.shorten(suberror))
                .claims(text(parameters, OAuthParameters.CLAIMS))
                .correlationId(id(CORRELATION_ID, description))
                .traceId(id(TRACE_ID, description))
                .build();
        return new Refused(said, TokenResponseParser.isTransient(error), null);
    }

    private static @Nullable String id(Pattern pattern, @Nullable String description) {
        Matcher id = pattern.matcher(description == null ? "" : description);
        return id.find() ? id.group(1) : null;
    }

    private static @Nullable String text(Map<String, String> parameters, String name) {
        String value = parameters.getOrDefault(name, "");
        return value.isBlank() ? null : value;
    }

    @Override
    public String toString() {
        return "AuthorizationAnswer[code=" + (code == null ? "none" : "present") + ", refusal=" + refusal + "]";
    }
}
