package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.TimeSource;
import dev.monocred.testing.FakeAnswer.Exchange;
import dev.monocred.testing.FakeAnswer.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;

/**
 * A host on loopback that gives out tokens: a real server that checks what it gets and answers as the real host does. What
 * hosts have in common; each says for itself what is right and what its answers look like.
 *
 * <p>Methods are not final: see the builders of the credentials on bridges from a package-private class.
 */
abstract class FakeHost<F extends FakeHost<F>> implements AutoCloseable {

    private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(20);
    /** Held here because the log manager forgets the level of a logger that nobody holds. */
    private static final Logger SERVER_LOGGER = Logger.getLogger(MockWebServer.class.getName());

    private final TimeSource time;
    private final MockWebServer server = new MockWebServer();
    private final boolean isSecure;
    private final IssuedTokens tokens = new IssuedTokens();
    private final Queue<FakeAnswer> queue = new ConcurrentLinkedQueue<>();
    private final Traffic<RecordedHostRequest> traffic = new Traffic<>();
    private volatile FakeAnswer standing = FakeAnswer.issues();

    FakeHost(TimeSource time, @Nullable HeldCertificate certificate) {
        this.time = requireNonNull(time, "time");
        this.isSecure = certificate != null;
        if (certificate != null) {
            server.useHttps(new HandshakeCertificates.Builder().heldCertificate(certificate).build().sslSocketFactory());
        }
    }

    F started() {
        if (SERVER_LOGGER.getLevel() == null) {
            SERVER_LOGGER.setLevel(Level.SEVERE); // it reports every broken connection, and here they are scripted
        }
        server.setServerSocketFactory(new PromptServerSockets());
        server.setProtocols(List.of(Protocol.HTTP_1_1));
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                return answer(request);
            }
        });
        try {
            server.start();
        } catch (IOException noPort) {
            throw new UncheckedIOException("cannot listen on loopback", noPort);
        }
        return self();
    }

    abstract F self();

    /** What the host says to a request that is not right; {@code null} if a token may be issued. */
    abstract @Nullable Complaint check(RecordedHostRequest request);

    /** What the host's answer with a token looks like. */
    abstract ObjectNode success(RecordedHostRequest request, String token, Instant end, Duration lifetime);

    /** What the host's refusals look like. */
    abstract ObjectNode refusal(String code, String sentence);

    abstract Map<String, String> variables();

    /** Which resource a request names. */
    String resource(RecordedHostRequest request) {
        Map<String, String> query = request.query();
        return query == null ? "" : query.getOrDefault("resource", "");
    }

    /** Why a request is not right. */
    record Complaint(int status, String code, String sentence, Map<String, String> headers) {

        Complaint(int status, String code, String sentence) {
            this(status, code, sentence, Map.of());
        }
    }

    /**
     * The variables by which the host is found, for a credential's {@code environment}. All others are unset.
     *
     * @return gives a variable's value, or {@code null} if the host does not set it
     */
    public Function<String, @Nullable String> environment() {
        Map<String, String> variables = variables();
        return variables::get;
    }

    /**
     * Scripts the next answers, one each, in the order of arrival.
     *
     * @param answers the answers; a refusal is given in the host's own form
     * @return this fake
     */
    public F next(FakeAnswer... answers) {
        queue.addAll(List.of(answers));
        return self();
    }

    /**
     * Sets what is answered when nothing is queued: {@link FakeAnswer#issues()} at first.
     *
     * @param answer the answer
     * @return this fake
     */
    public F always(FakeAnswer answer) {
        standing = requireNonNull(answer, "answer");
        return self();
    }

    /**
     * Holds every answer back from now on.
     *
     * @return this fake
     */
    public F holds() {
        traffic.hold();
        return self();
    }

    /**
     * Gives all answers that are held back, and holds none any longer.
     *
     * @return this fake
     */
    public F releases() {
        traffic.release();
        return self();
    }

    /**
     * Every request that arrived, answered or not, right or wrong.
     *
     * @return the requests in the order of arrival; a snapshot
     */
    public List<RecordedHostRequest> requests() {
        return traffic.seen();
    }

    /**
     * How many requests were there at one time.
     *
     * @return the highest number seen
     */
    public int maxConcurrentRequests() {
        return traffic.maxUnderWay();
    }

    /**
     * Waits until so many requests have arrived, however many there are already.
     *
     * @param count how many, since the start
     * @return this fake
     * @throws AssertionError if they have not come after 20 s
     */
    public F awaitRequests(int count) {
        try {
            if (!traffic.awaitSeen(count, ARRIVAL_LIMIT)) {
                throw new AssertionError("waited for " + count + " requests; there came " + requests());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for requests", interrupted);
        }
        return self();
    }

    /** Ends the server and every connection; requests that are held back stay without an answer. */
    @Override
    public void close() {
        traffic.close();
        server.close();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + url("") + ", requests=" + requests().size() + "]";
    }

    /** Where this listens. */
    String url(String path) {
        return (isSecure ? "https" : "http") + "://localhost:" + server.getPort() + path;
    }

    private MockResponse answer(RecordedRequest raw) throws InterruptedException {
        RecordedRequest ignored = server.takeRequest(0, TimeUnit.SECONDS); // else the server keeps every request for ever
        RecordedHostRequest request = new RecordedHostRequest(String.valueOf(raw.getMethod()), raw.getTarget(),
                RecordedTokenRequest.headers(raw.getHeaders()), raw.getBody() == null ? "" : raw.getBody().utf8(), now());
        Traffic.Held<RecordedHostRequest> turn = traffic.arrives(request);
        try {
            FakeAnswer queued = queue.poll();
            FakeAnswer answer = queued == null ? standing : queued;
            turn.released().await();
            traffic.pause(answer.delay());
            return (traffic.isClosed() ? FakeAnswer.disconnects() : answer).render(new HostExchange(request));
        } finally {
            traffic.leaves();
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.wallMillis());
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private final class HostExchange implements Exchange {

        private final RecordedHostRequest request;

        HostExchange(RecordedHostRequest request) {
            this.request = request;
        }

        @Override
        public MockResponse.Builder ordinary(Duration lifetime, @Nullable Duration refreshIn) {
            Complaint complaint = check(request);
            return complaint == null ? token(lifetime, refreshIn) : refused(complaint);
        }

        private MockResponse.Builder token(Duration lifetime, @Nullable Duration refreshIn) {
            String token = tokens.issue(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, resource(request), now(), lifetime);
            ObjectNode json = success(request, token, now().plus(lifetime), lifetime);
            if (refreshIn != null) {
                json.put("refresh_in", Long.toString(refreshIn.toSeconds()));
            }
            return FakeAnswer.json(200, json.toString());
        }

        private MockResponse.Builder refused(Complaint complaint) {
            MockResponse.Builder response =
                    FakeAnswer.json(complaint.status(), FakeHost.this.refusal(complaint.code(), complaint.sentence()).toString());
            complaint.headers().forEach(response::addHeader);
            return response;
        }

        @Override
        public MockResponse.Builder refusal(Refusal refusal) {
            return refused(new Complaint(refusal.status(), refusal.error(), refusal.sentence()));
        }
    }
}
