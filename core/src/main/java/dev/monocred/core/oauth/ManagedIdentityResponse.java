package dev.monocred.core.oauth;

import static dev.monocred.core.oauth.OAuthParameters.ACCESS_TOKEN;
import static dev.monocred.core.oauth.OAuthParameters.ERROR;
import static dev.monocred.core.oauth.OAuthParameters.ERROR_DESCRIPTION;
import static dev.monocred.core.oauth.OAuthParameters.REFRESH_IN;
import static dev.monocred.core.oauth.OAuthParameters.TOKEN_TYPE;
import static dev.monocred.core.oauth.TokenResponseParser.oneLine;
import static dev.monocred.core.oauth.TokenResponseParser.shortText;
import static dev.monocred.core.oauth.TokenResponseParser.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.EntraError;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a managed identity host answered. The hosts agree on little: times come as numbers, digits and dates, errors in
 * four shapes (platform.md 1.3, 1.6). Whatever comes in, one of the three kinds of {@link TokenAnswer} comes out.
 */
public final class ManagedIdentityResponse {

    private static final int OK = 200;
    private static final int MAX_RAW = 1000;

    private ManagedIdentityResponse() {}

    /**
     * Reads an answer.
     *
     * @param answer what came back
     * @param sentAt when the request was sent; the host is this machine, so its clock is ours
     * @return one of the three kinds
     */
    public static TokenAnswer parse(RawAnswer answer, Instant sentAt) {
        ObjectNode body = Json.object(answer.body());
        if (answer.status() != OK) {
            return refused(answer, body == null ? JsonNodeFactory.instance.objectNode() : body);
        }
        return body == null ? new Malformed(OK, "its body is not a JSON object") : token(body, sentAt);
    }

    private static TokenAnswer token(ObjectNode body, Instant sentAt) {
        String token = text(body.path(ACCESS_TOKEN));
        if (token == null || !TokenResponseParser.VISIBLE_ASCII.matcher(token).matches()) {
            return new Malformed(OK, "it has no usable access_token");
        }
        Duration life = Expiry.absoluteFirst(body, sentAt);
        if (life.isZero()) {
            return new Malformed(OK, "it has no usable expires_on or expires_in, or the token has ended already");
        }
        String type = text(body.path(TOKEN_TYPE));
        return new TokenResponse(AccessToken.of(token, sentAt.plus(life)).withRefreshAt(refreshAt(body, sentAt, life))
                .withTokenType(type == null ? "Bearer" : type), null, null, null, null, null);
    }

    private static @Nullable Instant refreshAt(ObjectNode body, Instant sentAt, Duration life) {
        Duration relative = Expiry.seconds(body.path(REFRESH_IN));
        Duration absolute = relative.isZero() ? Expiry.absolute(body.path("refresh_on"), sentAt) : null;
        Duration hint = absolute == null ? relative : absolute;
        return hint.isZero() || hint.compareTo(life) >= 0 ? null : sentAt.plus(hint);
    }

    private static Refused refused(RawAnswer answer, ObjectNode body) {
        JsonNode error = body.path(ERROR);
        JsonNode place = error.isObject() ? error : body;
        String code = shortText(error.isObject() ? error.path("code") : error);
        String message = firstOf(text(body.path("message")), text(place.path("message")), text(body.path(ERROR_DESCRIPTION)));
        String said = oneLine(message != null || code != null ? message : raw(answer));
        return new Refused(EntraError.builder(answer.status())
                .error(code)
                .errorDescription(said)
                .errorCodes(TokenResponseParser.errorCodes(body, said))
                .correlationId(firstOf(shortText(place.path("correlationId")), shortText(body.path("correlationId")),
                        shortText(body.path(OAuthParameters.CORRELATION_ID))))
                .build(),
                TokenResponseParser.TRANSIENT_STATUS.contains(answer.status()), RetryAfter.read(answer.headers()));
    }

    private static @Nullable String firstOf(@Nullable String... texts) {
        for (String text : texts) {
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    private static @Nullable String raw(RawAnswer answer) {
        String text = new String(answer.body(), UTF_8).strip();
        return text.isEmpty() ? null : text.length() > MAX_RAW ? text.substring(0, MAX_RAW) + "…" : text;
    }
}
