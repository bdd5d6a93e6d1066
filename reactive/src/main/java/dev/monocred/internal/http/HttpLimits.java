package dev.monocred.internal.http;

import java.time.Duration;

/**
 * How long and how large one exchange may be (N-1, N-3). The HTTP library's response timeout starts anew with every read, so
 * a server that sends a byte a second passes it; the total does not.
 *
 * @param connect until the connection stands
 * @param response until the next bytes of the answer
 * @param total for the whole exchange, waiting for a connection and the body included
 * @param headerBytes of the answer
 * @param bodyBytes of the answer
 */
public record HttpLimits(Duration connect, Duration response, Duration total, int headerBytes, int bodyBytes) {

    /** For a token endpoint. */
    public static final HttpLimits DEFAULTS =
            new HttpLimits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(15), 16 * 1024, 1024 * 1024);

    /** The same sizes with other times. */
    public HttpLimits withTimes(Duration connect, Duration response, Duration total) {
        return new HttpLimits(connect, response, total, headerBytes, bodyBytes);
    }
}
