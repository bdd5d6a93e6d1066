package dev.monocred.core.oauth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;

/**
 * Two codes that belong together: one for the person, one for the device. Prints neither.
 *
 * @param userCode what the person enters
 * @param deviceCode what the device asks with, a secret
 * @param verificationUri where the person enters it
 * @param lifetime how long both are good
 * @param expiresAt when that ends, by the wall clock
 * @param interval how long to wait between two questions
 * @param message what to tell the person
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.2">RFC 8628, section 3.2</a>
 */
public record DeviceAuthorization(String userCode, String deviceCode, String verificationUri, Duration lifetime,
        Instant expiresAt, Duration interval, String message) implements TokenAnswer {

    /** RFC 8628, section 3.2: where the server does not say. */
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);
    /** What others assume; the specification wants it said. */
    private static final Duration USUAL_LIFETIME = Duration.ofMinutes(30);

    /**
     * Reads the answer of a device authorization endpoint.
     *
     * @param answer what came back
     * @param sentAt when the request was sent, by the wall clock
     * @return the codes, or why there are none
     */
    public static TokenAnswer parse(RawAnswer answer, Instant sentAt) {
        return TokenResponseParser.parse(answer, body -> read(answer, body, sentAt));
    }

    private static TokenAnswer read(RawAnswer answer, ObjectNode body, Instant sentAt) {
        String userCode = TokenResponseParser.shown(body.path("user_code"));
        String deviceCode = TokenResponseParser.shown(body.path(OAuthParameters.DEVICE_CODE));
        String page = TokenResponseParser.shown(body.path("verification_uri"));
        if (userCode == null || deviceCode == null || page == null) {
            return new Malformed(answer.status(), "it lacks user_code, device_code or verification_uri");
        }
        Duration lifetime = or(Expiry.seconds(body.path(OAuthParameters.EXPIRES_IN)), USUAL_LIFETIME);
        String message = TokenResponseParser.shown(body.path("message"));
        return new DeviceAuthorization(userCode, deviceCode, page, lifetime, sentAt.plus(lifetime),
                or(Expiry.seconds(body.path("interval")), USUAL_INTERVAL), message != null ? message
                        : "To sign in, open the page " + page + " in a web browser and enter the code " + userCode + ".");
    }

    private static Duration or(Duration said, Duration usual) {
        return said.isZero() ? usual : said;
    }

    @Override
    public String toString() {
        return "DeviceAuthorization[verificationUri=" + verificationUri + ", expiresAt=" + expiresAt + ", interval=" + interval
                + "]";
    }
}
