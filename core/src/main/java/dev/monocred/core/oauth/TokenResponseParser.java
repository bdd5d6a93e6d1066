package dev.monocred.core.oauth;

import static dev.monocred.core.oauth.OAuthParameters.ACCESS_TOKEN;
import static dev.monocred.core.oauth.OAuthParameters.CLAIMS;
import static dev.monocred.core.oauth.OAuthParameters.CLIENT_INFO;
import static dev.monocred.core.oauth.OAuthParameters.CORRELATION_ID;
import static dev.monocred.core.oauth.OAuthParameters.ERROR;
import static dev.monocred.core.oauth.OAuthParameters.ERROR_CODES;
import static dev.monocred.core.oauth.OAuthParameters.ERROR_DESCRIPTION;
import static dev.monocred.core.oauth.OAuthParameters.FAMILY_ID;
import static dev.monocred.core.oauth.OAuthParameters.ID_TOKEN;
import static dev.monocred.core.oauth.OAuthParameters.REFRESH_IN;
import static dev.monocred.core.oauth.OAuthParameters.REFRESH_TOKEN;
import static dev.monocred.core.oauth.OAuthParameters.SCOPE;
import static dev.monocred.core.oauth.OAuthParameters.SUBERROR;
import static dev.monocred.core.oauth.OAuthParameters.TIMESTAMP;
import static dev.monocred.core.oauth.OAuthParameters.TOKEN_TYPE;
import static dev.monocred.core.oauth.OAuthParameters.TRACE_ID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.EntraError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a token endpoint answered. Whatever comes in, one of the three kinds of {@link TokenAnswer} comes out; no text
 * of the answer reaches anybody except as a member of {@link TokenResponse} or {@link EntraError}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5">RFC 6749, section 5</a>
 */
public final class TokenResponseParser {

    static final Set<Integer> TRANSIENT_STATUS = Set.of(408, 429, 500, 502, 503, 504);
    private static final Set<String> TRANSIENT_ERROR = Set.of("temporarily_unavailable", "server_error");

    /** Clocks that differ less are right enough; a slow answer is no wrong clock (T-5). */
    private static final Duration TOLERATED_SKEW = Duration.ofSeconds(60);

    /** Codes and ids are short; they end up in one sentence, as one line. */
    private static final int MAX_SHORT_TEXT = 256;

    private static final Pattern JSON_TYPE = Pattern.compile("(application|text)/([^;\\s]+\\+)?json\\s*(;.*)?",
            Pattern.CASE_INSENSITIVE);
    static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+");
    private static final Pattern ENTRA_CODE = Pattern.compile("AADSTS([0-9]{1,18})");

    private TokenResponseParser() {}

    /**
     * Reads the answer of a server whose clock is another one than ours.
     *
     * @param answer what came back
     * @param sentAt when the request was sent, by the wall clock: lifetimes count from there
     * @return one of the three kinds
     */
    public static TokenAnswer parse(RawAnswer answer, Instant sentAt) {
        return parse(answer, sentAt, false);
    }

    /**
     * Reads an answer.
     *
     * @param answer what came back
     * @param sentAt when the request was sent, by the wall clock: lifetimes count from there
     * @param peerIsLocal whether the server has our clock: its {@code Date} then corrects nothing
     * @return one of the three kinds
     */
    public static TokenAnswer parse(RawAnswer answer, Instant sentAt, boolean peerIsLocal) {
        return parse(answer, body -> token(answer, body, sentAt, peerIsLocal));
    }

    static TokenAnswer parse(RawAnswer answer, Function<ObjectNode, TokenAnswer> success) {
        boolean encoded = isEncoded(answer);
        ObjectNode body = encoded ? null : Json.object(answer.body(), ERROR_DESCRIPTION);
        if (answer.status() >= 400 || (answer.status() / 100 == 2 && body != null && hasError(body))) {
            return refused(answer, body == null ? JsonNodeFactory.instance.objectNode() : body);
        }
        String flaw = flaw(answer, encoded);
        if (flaw != null) {
            return new Malformed(answer.status(), flaw);
        }
        return body == null ? new Malformed(answer.status(), "its body is not a JSON object")
                : success.apply(body);
    }

    /** A text that people see, as one line. */
    static @Nullable String shown(JsonNode member) {
        return oneLine(text(member));
    }

    private static boolean isEncoded(RawAnswer answer) {
        return !answer.header("content-encoding").stream().allMatch("identity"::equalsIgnoreCase);
    }

    private static boolean hasError(ObjectNode body) {
        JsonNode error = body.path(ERROR);
        return error.isContainerNode() || text(error) != null;
    }

    private static @Nullable String flaw(RawAnswer answer, boolean encoded) {
        if (answer.status() != 200) {
            return answer.status() / 100 == 3 ? "it is a redirect, which is never followed" : "its status is not 200";
        }
        if (encoded) {
            return "its body is compressed, which was not asked for";
        }
        // Without the header the body decides, as RFC 9110, section 8.3 allows; a portal's page always has one.
        return answer.header("content-type").stream().allMatch(type -> JSON_TYPE.matcher(type.strip()).matches())
                ? null : "its content type is not JSON";
    }

    private static TokenAnswer token(RawAnswer answer, ObjectNode body, Instant sentAt, boolean peerIsLocal) {
        String token = text(body.path(ACCESS_TOKEN));
        if (token == null || !VISIBLE_ASCII.matcher(token).matches()) {
            return new Malformed(answer.status(), "it has no usable access_token");
        }
        JsonNode type = body.path(TOKEN_TYPE);
        if (!type.isMissingNode() && !type.isNull() && !type.asText().equalsIgnoreCase("Bearer")) {
            return new Malformed(answer.status(), "its token_type is not Bearer");
        }
        Duration life = Expiry.relativeFirst(body, peerIsLocal ? sentAt : serverTime(answer, sentAt));
        if (life.isZero()) {
            return new Malformed(answer.status(), "it has no usable expires_in");
        }
        return new TokenResponse(
                AccessToken.of(token, sentAt.plus(life)).withRefreshAt(refreshAt(body, sentAt, life)),
                text(body.path(REFRESH_TOKEN)), text(body.path(ID_TOKEN)), text(body.path(CLIENT_INFO)),
                text(body.path(SCOPE)), text(body.path(FAMILY_ID)));
    }

    private static Instant serverTime(RawAnswer answer, Instant sentAt) {
        Instant date = RetryAfter.date(answer.headers());
        return date != null && Duration.between(sentAt, date).abs().compareTo(TOLERATED_SKEW) > 0 ? date : sentAt;
    }

    private static @Nullable Instant refreshAt(ObjectNode body, Instant sentAt, Duration life) {
        Duration refreshIn = Expiry.seconds(body.path(REFRESH_IN));
        return refreshIn.isZero() || refreshIn.compareTo(life) >= 0 ? null : sentAt.plus(refreshIn);
    }

    private static Refused refused(RawAnswer answer, ObjectNode body) {
        String code = shortText(body.path(ERROR));
        String description = oneLine(text(body.path(ERROR_DESCRIPTION)));
        EntraError error = EntraError.builder(answer.status())
                .error(code)
                .errorDescription(description)
                .errorCodes(errorCodes(body, description))
                .suberror(shortText(body.path(SUBERROR)))
                .claims(claims(body.path(CLAIMS)))
                .correlationId(id(body, CORRELATION_ID, answer, "client-request-id"))
                .traceId(id(body, TRACE_ID, answer, "x-ms-request-id"))
                .timestamp(shortText(body.path(TIMESTAMP)))
                .build();
        boolean isTransient = TRANSIENT_STATUS.contains(answer.status()) || (code != null && isTransient(code));
        return new Refused(error, isTransient, RetryAfter.read(answer.headers()));
    }

    static boolean isTransient(String code) {
        return TRANSIENT_ERROR.contains(code);
    }

    static List<Long> errorCodes(ObjectNode body, @Nullable String description) {
        List<Long> codes = StreamSupport.stream(body.path(ERROR_CODES).spliterator(), false)
                .filter(JsonNode::canConvertToExactIntegral).filter(JsonNode::canConvertToLong)
                .map(JsonNode::longValue).toList();
        return codes.isEmpty() ? errorCodes(description) : codes;
    }

    /** The number that the sentence begins with, where nothing else tells it. */
    static List<Long> errorCodes(@Nullable String description) {
        Matcher code = ENTRA_CODE.matcher(description == null ? "" : description);
        return code.find() ? List.of(Long.parseLong(code.group(1))) : List.of();
    }

    // Entra sends JSON in a string; the object itself says the same.
    private static @Nullable String claims(JsonNode claims) {
        return claims.isObject() ? claims.toString() : text(claims);
    }

    // A proxy's page has no ids, its headers may have those that we and Entra put there.
    private static @Nullable String id(ObjectNode body, String member, RawAnswer answer, String header) {
        String id = shortText(body.path(member));
        return id != null ? id : answer.header(header).stream().map(TokenResponseParser::shorten).findFirst().orElse(null);
    }

    static @Nullable String text(JsonNode member) {
        String text = member.isTextual() ? member.textValue() : "";
        return text.isBlank() ? null : text;
    }

    static @Nullable String shortText(JsonNode member) {
        String text = text(member);
        return text == null ? null : shorten(text);
    }

    static String shorten(String text) {
        return oneLineOf(text.length() > MAX_SHORT_TEXT ? text.substring(0, MAX_SHORT_TEXT) : text);
    }

    static @Nullable String oneLine(@Nullable String text) {
        return text == null ? null : oneLineOf(text);
    }

    private static String oneLineOf(String text) {
        return CONTROLS.matcher(text).replaceAll(" ").strip();
    }
}
