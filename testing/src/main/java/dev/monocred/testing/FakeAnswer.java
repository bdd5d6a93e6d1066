package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One scripted answer of a {@link FakeEntra}. Immutable, so one answer can be given any number of times.
 *
 * <pre>{@code
 * entra.next(isDown(503), isDown(503), issues());
 * entra.always(issues(Duration.ofHours(24)).after(Duration.ofMillis(200)));
 * }</pre>
 */
public final class FakeAnswer {

    static final Duration USUAL_LIFETIME = Duration.ofSeconds(3599);
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final String JSON = "application/json; charset=utf-8";

    private final Content content;
    private final Duration delay;
    private final List<Map.Entry<String, String>> headers;
    private final @Nullable Cut cut;

    private FakeAnswer(Content content, Duration delay, List<Map.Entry<String, String>> headers, @Nullable Cut cut) {
        this.content = content;
        this.delay = delay;
        this.headers = headers;
        this.cut = cut;
    }

    private static FakeAnswer of(Content content) {
        return new FakeAnswer(content, Duration.ZERO, List.of(), null);
    }

    /**
     * What Entra would answer: the request is verified, and a new token is issued that lives 3599 s, or the request is
     * refused with the sentence Entra has for it.
     *
     * @return the answer
     */
    public static FakeAnswer issues() {
        return issues(USUAL_LIFETIME);
    }

    /**
     * As {@link #issues()}, with another lifetime.
     *
     * @param lifetime how long the token lives, in whole seconds
     * @return the answer
     */
    public static FakeAnswer issues(Duration lifetime) {
        return of(exchange -> exchange.ordinary(lifetime, null));
    }

    /**
     * As {@link #issues()}, with another lifetime and a hint when to replace the token.
     *
     * @param lifetime how long the token lives, in whole seconds
     * @param refreshIn the hint {@code refresh_in}, in whole seconds
     * @return the answer
     */
    public static FakeAnswer issues(Duration lifetime, Duration refreshIn) {
        requireNonNull(refreshIn, "refreshIn");
        return of(exchange -> exchange.ordinary(lifetime, refreshIn));
    }

    /**
     * A refusal in Entra's own form, whatever the request. Its status is 401 for {@code invalid_client}, else 400.
     *
     * @param error the OAuth error code, for example {@code invalid_client}
     * @param code Entra's number, the digits of {@code AADSTS…}
     * @param sentence what the description says after the number
     * @return the answer
     */
    public static FakeAnswer refuses(String error, long code, String sentence) {
        return refuses(error, code, sentence, Map.of());
    }

    /**
     * As {@link #refuses(String, long, String)}, with further members of the JSON object.
     *
     * @param error the OAuth error code
     * @param code Entra's number
     * @param sentence what the description says after the number
     * @param more further members, for example {@code suberror} or {@code claims}
     * @return the answer
     */
    public static FakeAnswer refuses(String error, long code, String sentence, Map<String, String> more) {
        Refusal refusal = new Refusal(error.equals("invalid_client") ? 401 : 400, error, code, sentence, Map.copyOf(more));
        return of(exchange -> exchange.refusal(refusal));
    }

    /**
     * Too many requests, with a {@code Retry-After} header.
     *
     * @param retryAfter the header's value, in whole seconds
     * @return the answer
     */
    public static FakeAnswer throttles(Duration retryAfter) {
        return throttles().withHeader("Retry-After", Long.toString(retryAfter.toSeconds()));
    }

    /**
     * Too many requests, without a {@code Retry-After} header.
     *
     * @return the answer
     */
    public static FakeAnswer throttles() {
        Refusal refusal = new Refusal(429, "temporarily_unavailable", 90055, "There are too many requests.", Map.of());
        return of(exchange -> exchange.refusal(refusal));
    }

    /**
     * An outage as a gateway shows it: a page of HTML.
     *
     * @param status the status, for example 503
     * @return the answer
     */
    public static FakeAnswer isDown(int status) {
        return answers(status, "text/html", "<html><body><h1>Our services aren't available right now</h1></body></html>");
    }

    /**
     * Any JSON text, well-formed or not.
     *
     * @param status the status
     * @param json the body
     * @return the answer
     */
    public static FakeAnswer answers(int status, String json) {
        return answers(status, JSON, json);
    }

    /**
     * Any text.
     *
     * @param status the status
     * @param contentType the header {@code Content-Type}
     * @param body the body, sent in UTF-8
     * @return the answer
     */
    public static FakeAnswer answers(int status, String contentType, String body) {
        return answers(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Anything.
     *
     * @param status the status
     * @param contentType the header {@code Content-Type}
     * @param body the body
     * @return the answer
     */
    public static FakeAnswer answers(int status, String contentType, byte[] body) {
        byte[] bytes = body.clone();
        return of(exchange -> response(status, contentType, bytes));
    }

    /**
     * The request is read, then the connection is closed without an answer.
     *
     * @return the answer
     */
    public static FakeAnswer disconnects() {
        return issues().cutAt(Cut.BEFORE_ANSWER);
    }

    /**
     * The connection is closed in the middle of an ordinary answer's body.
     *
     * @return the answer
     */
    public static FakeAnswer disconnectsMidBody() {
        return issues().cutAt(Cut.IN_BODY);
    }

    /**
     * The request is read and never answered; the connection stays open until the fake is closed.
     *
     * @return the answer
     */
    public static FakeAnswer neverAnswers() {
        return isDown(503).after(FOREVER);
    }

    /**
     * Copies this answer: it is given later. This is real time, also where the fake's clock is moved by hand.
     *
     * @param delay how long the request waits
     * @return the copy
     */
    public FakeAnswer after(Duration delay) {
        return new FakeAnswer(content, requireNonNull(delay, "delay"), headers, cut);
    }

    /**
     * Copies this answer with one more header.
     *
     * @param name its name; a name can come more than once
     * @param value its value
     * @return the copy
     */
    public FakeAnswer withHeader(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new FakeAnswer(content, delay, List.copyOf(more), cut);
    }

    /**
     * Copies this answer: the connection is closed after it without a word, as an idle one that a load balancer drops.
     *
     * @return the copy
     */
    public FakeAnswer thenDisconnects() {
        return cutAt(Cut.AFTER_ANSWER);
    }

    private FakeAnswer cutAt(Cut where) {
        return new FakeAnswer(content, delay, headers, where);
    }

    Duration delay() {
        return delay;
    }

    MockResponse render(Exchange exchange) {
        MockResponse.Builder response = content.render(exchange);
        headers.forEach(header -> response.addHeader(header.getKey(), header.getValue()));
        if (cut != null) {
            cut.apply(response);
        }
        return response.build();
    }

    static MockResponse.Builder json(int status, String json) {
        return response(status, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    private static MockResponse.Builder response(int status, String contentType, byte[] body) {
        return new MockResponse.Builder().code(status).setHeader("Content-Type", contentType)
                .body(new Buffer().write(body)); // sets Content-Length
    }

    /** Where the connection ends. */
    private enum Cut {
        BEFORE_ANSWER, IN_BODY, AFTER_ANSWER;

        void apply(MockResponse.Builder response) {
            SocketEffect close = new SocketEffect.CloseSocket();
            switch (this) {
                case BEFORE_ANSWER -> response.onResponseStart(close);
                case IN_BODY -> response.onResponseBody(close);
                case AFTER_ANSWER -> response.onResponseEnd(close);
            }
        }
    }

    /** Makes the response once the request is known. */
    private interface Content {
        MockResponse.Builder render(Exchange exchange);
    }

    /** What an endpoint knows how to say to one request. */
    interface Exchange {

        /** What it says if nothing was scripted. */
        MockResponse.Builder ordinary(Duration lifetime, @Nullable Duration refreshIn);

        /** A refusal in Entra's form. */
        MockResponse.Builder refusal(Refusal refusal);
    }

    /** The parts of Entra's error object that depend on the reason. */
    record Refusal(int status, String error, long code, String sentence, Map<String, String> more) {

        static Refusal invalidRequest(long code, String sentence) {
            return new Refusal(400, "invalid_request", code, sentence, Map.of());
        }
    }
}
