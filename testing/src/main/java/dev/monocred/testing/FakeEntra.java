package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;

/**
 * Microsoft Entra on this machine: a real server on loopback, TLS and HTTP/1.1, whose certificate is made when it starts.
 * Its token endpoint <em>verifies</em> what it gets and answers as Entra does, with a token or with Entra's own refusal.
 *
 * <p>Script, run, verify:
 *
 * <pre>{@code
 * try (FakeEntra entra = FakeEntra.start()) {
 *     TokenCredential credential = ClientSecretCredential.builder()
 *             .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
 *             .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();
 *
 *     entra.next(isDown(503));                                        // script; without it, tokens are issued
 *     credential.getToken("https://vault.azure.net/.default").block(); // run
 *     assertThat(entra.tokenRequests()).isEqualTo(2);                 // verify
 * }
 * }</pre>
 *
 * <p>Order instead of time: {@link #holds()} keeps answers back until {@link #releases()}, {@link #awaitTokenRequests(int)}
 * waits until requests have arrived. Scripted answers are taken in the order of arrival.
 *
 * <p>Safe for use by several threads. Every connection has a thread of its own, so {@link #close()} it.
 */
public final class FakeEntra implements AutoCloseable {

    /** The tenant of the application that every fake knows. */
    public static final String TENANT_ID = "22222222-2222-2222-2222-222222222222";
    /** The application that every fake knows. */
    public static final String CLIENT_ID = "33333333-3333-3333-3333-333333333333";
    /** The secret of the application that every fake knows; it contains characters that a form must escape. */
    public static final String CLIENT_SECRET = "invented+secret/of&the=fake%7E";
    /** The person that every fake knows. */
    public static final String USERNAME = "user@example.com";
    /** The password of that person. */
    public static final String PASSWORD = "invented+password/of&the=person%7E";

    /** AD FS has no versions. */
    private static final Pattern TOKEN_PATH = Pattern.compile("/(?:([^/]*)/oauth2/v2\\.0|(adfs)/oauth2)/token");
    private static final Pattern DEVICE_PATH = Pattern.compile("/([^/]*)/oauth2/v2\\.0/devicecode");
    private static final String DISCOVERY_PATH = "/common/discovery/instance";
    private static final String PROTECTED_PATH = "/protected";
    /** Far more than a request needs to arrive on loopback, so only a request that never comes takes this long. */
    private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(20);
    /** Held here because the log manager forgets the level of a logger that nobody holds. */
    private static final Logger SERVER_LOGGER = Logger.getLogger(MockWebServer.class.getName());

    private final TimeSource time;
    private final MockWebServer server = new MockWebServer();
    private final HandshakeCertificates trust;
    private final String certificatePem;
    private final ConnectionProvider connections = ConnectionProvider.create("fake-entra", 500);
    private final IssuedTokens tokens = new IssuedTokens();
    private final EntraRules rules = new EntraRules(new ClientAssertions(tokens), this::authorityHost);
    private final FakeDevices devices = new FakeDevices(this::now);
    private final UserGrants users = new UserGrants(tokens, devices, this::authorityHost);
    private final EntraResponses responses = new EntraResponses(rules, tokens, users, this::authorityHost, this::now);
    private final AuthorizePage page = new AuthorizePage(rules, users);
    private final Queue<FakeAnswer> queue = new ConcurrentLinkedQueue<>();
    private final List<Rule> standing = new CopyOnWriteArrayList<>();
    private volatile FakeAnswer discovery = FakeAnswer.issues();
    private final Traffic<RecordedTokenRequest> tokenTraffic = new Traffic<>();
    private final Traffic<URI> discoveryTraffic = new Traffic<>();

    private record Rule(Predicate<? super RecordedTokenRequest> condition, FakeAnswer answer) {
    }

    private FakeEntra(TimeSource time) {
        this.time = time;
        HeldCertificate certificate = new HeldCertificate.Builder().commonName("Monocred's fake Entra")
                .addSubjectAlternativeName("localhost").addSubjectAlternativeName("127.0.0.1")
                .duration(1, TimeUnit.DAYS).build();
        this.certificatePem = certificate.certificatePem();
        this.trust = new HandshakeCertificates.Builder().addTrustedCertificate(certificate.certificate()).build();
        registers(TENANT_ID, CLIENT_ID, CLIENT_SECRET);
        server.useHttps(new HandshakeCertificates.Builder().heldCertificate(certificate).build().sslSocketFactory());
        server.setServerSocketFactory(new PromptServerSockets());
        server.setProtocols(List.of(Protocol.HTTP_1_1));
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                return answer(request);
            }
        });
    }

    /**
     * Starts a fake on a free port of loopback, with the machine's clock.
     *
     * @return the running fake
     */
    public static FakeEntra start() {
        return start(SystemTime.INSTANCE);
    }

    /**
     * Starts a fake on a free port of loopback, with a clock of your choice: tokens begin and end by it.
     *
     * @param time the clock, for example a {@link ManualTime}
     * @return the running fake
     */
    public static FakeEntra start(TimeSource time) {
        if (SERVER_LOGGER.getLevel() == null) {
            SERVER_LOGGER.setLevel(Level.SEVERE); // it reports every broken connection, and here they are scripted
        }
        FakeEntra entra = new FakeEntra(requireNonNull(time, "time"));
        try {
            entra.server.start();
        } catch (IOException noPort) {
            throw new UncheckedIOException("cannot listen on loopback", noPort);
        }
        return entra;
    }

    /**
     * Where this fake listens: what a credential's {@code authorityHost} takes.
     *
     * @return {@code https://localhost:} and the port
     */
    public String authorityHost() {
        return "https://localhost:" + server.getPort();
    }

    /**
     * A resource that accepts this fake's tokens: 200 for a token that is valid, 401 for one that is unknown, has ended or
     * was {@linkplain #revokes(String) revoked}.
     *
     * @return its URL, for GET with an {@code Authorization} header
     */
    public String protectedUrl() {
        return authorityHost() + PROTECTED_PATH;
    }

    /**
     * A client that trusts this fake and nobody else. Its connections end with the fake.
     *
     * @return a Reactor Netty client
     */
    public HttpClient httpClient() {
        SslProvider.GenericSslContextSpec<?> tls = Http11SslContextSpec.forClient().configure(ssl -> ssl.trustManager(trustManager()));
        return HttpClient.create(connections).secure(spec -> spec.sslContext(tls));
    }

    /**
     * This fake's certificate, for clients that read files.
     *
     * @return the certificate as PEM text
     */
    public String certificatePem() {
        return certificatePem;
    }

    /**
     * Trust in this fake and nobody else, for clients other than {@link #httpClient()}.
     *
     * @return the trust manager
     */
    public X509TrustManager trustManager() {
        return trust.trustManager();
    }

    /**
     * Registers one more application, or changes the secret of a registered one. {@link #CLIENT_ID} is registered from the
     * start.
     *
     * @param tenantId its tenant's id or domain
     * @param clientId its id
     * @param clientSecret its secret
     * @return this fake
     */
    public FakeEntra registers(String tenantId, String clientId, String clientSecret) {
        rules.register(tenantId, clientId, requireNonNull(clientSecret, "clientSecret"));
        return this;
    }

    /**
     * Registers a certificate of an application; an application can have several, and a secret too. Its assertions are then
     * verified: signature, thumbprint, chain, audience, issuer, subject and times, and each {@code jti} counts once.
     *
     * @param tenantId its tenant's id or domain
     * @param clientId its id
     * @param certificate its certificate, with an RSA key
     * @return this fake
     */
    public FakeEntra registers(String tenantId, String clientId, X509Certificate certificate) {
        rules.register(tenantId, clientId, requireNonNull(certificate, "certificate"));
        return this;
    }

    /**
     * An assertion such as a cluster, a pipeline or another cloud gives to its workloads. Every application that this fake
     * knows can use it as {@code client_assertion} for an hour, and more than once.
     *
     * @return a new JWT
     */
    public String federatedAssertion() {
        return federatedAssertion(Duration.ofHours(1));
    }

    /**
     * As {@link #federatedAssertion()}, for as long as you say. Kubernetes makes them for an hour to a day.
     *
     * @param lifetime from now until its end
     * @return a new JWT
     */
    public String federatedAssertion(Duration lifetime) {
        return tokens.federate("system:serviceaccount:shop:orders", now(), lifetime);
    }

    /**
     * A token with which a user calls the web API whose application is {@link #CLIENT_ID}, good for an hour: what the API
     * passes on as {@code assertion} to ask on the user's behalf.
     *
     * @return a new JWT
     */
    public String userAssertion() {
        return tokens.issue(TENANT_ID, "invented-front-end", CLIENT_ID, now(), Duration.ofHours(1));
    }

    /**
     * A code as the authorize endpoint gives it after a sign-in. It is good for one use; refresh tokens that come of it are
     * replaced at each use, and the use of an old one revokes them all.
     *
     * @param redirectUri where it was sent
     * @return a new code
     */
    public String authorizationCode(String redirectUri) {
        return users.issue(new UserGrants.Code(requireNonNull(redirectUri, "redirectUri"), null, null, UserGrants.Person.USUAL));
    }

    /**
     * As {@link #authorizationCode(String)}, for a client that sent a code challenge (PKCE).
     *
     * @param redirectUri where it was sent
     * @param codeChallenge the challenge, made with S256
     * @return a new code
     */
    public String authorizationCode(String redirectUri, String codeChallenge) {
        return users.issue(new UserGrants.Code(requireNonNull(redirectUri, "redirectUri"),
                requireNonNull(codeChallenge, "codeChallenge"), null, UserGrants.Person.USUAL));
    }

    /**
     * Scripts what becomes of the next sign-in on the authorize page, whatever the person does there: the browser is sent back
     * with a refusal. At first whoever signs in is sent back with a code, and whoever cancels with {@code access_denied}.
     *
     * @param error the OAuth error code, for example {@code interaction_required}
     * @param code Entra's own number
     * @param sentence Entra's sentence
     * @return this fake
     */
    public FakeEntra refusesNextSignIn(String error, long code, String sentence) {
        page.refuseNext(new FakeAnswer.Refusal(400, requireNonNull(error, "error"), code, requireNonNull(sentence, "sentence"),
                Map.of()));
        return this;
    }

    /**
     * With what addresses browsers came to the authorize page.
     *
     * @return the addresses, in the order of arrival; a snapshot
     */
    public List<URI> signInPages() {
        return page.visits();
    }

    /**
     * The people who enter device codes here.
     *
     * @return always the same object
     */
    public FakeDevices devices() {
        return devices;
    }

    /**
     * Scripts the next answers of the token endpoint, one each, in the order of arrival. They come before what
     * {@link #always(FakeAnswer)} says.
     *
     * @param answers the answers
     * @return this fake
     */
    public FakeEntra next(FakeAnswer... answers) {
        queue.addAll(List.of(answers));
        return this;
    }

    /**
     * Sets what the token endpoint answers when nothing is queued: {@link FakeAnswer#issues()} at first.
     *
     * @param answer the answer
     * @return this fake
     */
    public FakeEntra always(FakeAnswer answer) {
        standing.clear();
        return always(request -> true, answer);
    }

    /**
     * Sets what the token endpoint answers to some requests when nothing is queued, for example to one tenant's. Of
     * several conditions that hold, the one set last counts.
     *
     * @param condition which requests
     * @param answer the answer
     * @return this fake
     */
    public FakeEntra always(Predicate<? super RecordedTokenRequest> condition, FakeAnswer answer) {
        standing.add(0, new Rule(requireNonNull(condition, "condition"), requireNonNull(answer, "answer")));
        return this;
    }

    /**
     * Sets what instance discovery answers; at first it describes this fake. An authority that is not known is
     * {@code refuses("invalid_instance", 50049, "Unknown or invalid instance.")}.
     *
     * @param answer the answer
     * @return this fake
     */
    public FakeEntra discovery(FakeAnswer answer) {
        discovery = requireNonNull(answer, "answer");
        return this;
    }

    /**
     * Holds every answer of the token endpoint back from now on.
     *
     * @return this fake
     */
    public FakeEntra holds() {
        tokenTraffic.hold();
        return this;
    }

    /**
     * Gives all answers that are held back, and holds none any longer.
     *
     * @return this fake
     */
    public FakeEntra releases() {
        tokenTraffic.release();
        return this;
    }

    /**
     * Gives some of the answers that are held back; the others, and those to come, stay held.
     *
     * @param which whose answers
     * @return this fake
     */
    public FakeEntra releases(Predicate<? super RecordedTokenRequest> which) {
        tokenTraffic.release(which);
        return this;
    }

    /**
     * Makes a token worthless before its end. The {@linkplain #protectedUrl() resource} then answers 401 without saying
     * why.
     *
     * @param token the token's text
     * @return this fake
     */
    public FakeEntra revokes(String token) {
        tokens.revoke(token, null);
        return this;
    }

    /**
     * As {@link #revokes(String)}; the 401 carries a claims challenge.
     *
     * @param token the token's text
     * @param claims the claims that a new token must satisfy: a JSON object
     * @return this fake
     */
    public FakeEntra revokes(String token, String claims) {
        tokens.revoke(token, requireNonNull(claims, "claims"));
        return this;
    }

    /**
     * Every request that reached the token endpoint, answered or not.
     *
     * @return the requests in the order of arrival; a snapshot
     */
    public List<RecordedTokenRequest> requests() {
        return tokenTraffic.seen();
    }

    /**
     * How many requests reached the token endpoint, answered or not.
     *
     * @return the number
     */
    public int tokenRequests() {
        return tokenTraffic.count();
    }

    /**
     * How many requests were at the token endpoint at one time.
     *
     * @return the highest number seen
     */
    public int maxConcurrentTokenRequests() {
        return tokenTraffic.maxUnderWay();
    }

    /**
     * How many requests reached instance discovery.
     *
     * @return the number
     */
    public int discoveryRequests() {
        return discoveryTraffic.count();
    }

    /**
     * What instance discovery was asked.
     *
     * @return the URL of each request, in the order of arrival; a snapshot
     */
    public List<URI> discoveries() {
        return discoveryTraffic.seen();
    }

    /**
     * Waits until so many requests have reached the token endpoint, however many there are already.
     *
     * @param count how many, since the start
     * @return this fake
     * @throws AssertionError if they have not come after 20 s
     */
    public FakeEntra awaitTokenRequests(int count) {
        try {
            if (!tokenTraffic.awaitSeen(count, ARRIVAL_LIMIT)) {
                throw new AssertionError("waited for " + count + " token requests; there came " + requests());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for token requests", interrupted);
        }
        return this;
    }

    /** Ends the server and every connection; requests that are held back stay without an answer. */
    @Override
    public void close() {
        tokenTraffic.close();
        discoveryTraffic.close();
        server.close();
        connections.dispose();
    }

    @Override
    public String toString() {
        return "FakeEntra[" + authorityHost() + ", tokenRequests=" + tokenRequests() + "]";
    }

    private MockResponse answer(RecordedRequest raw) throws InterruptedException {
        RecordedRequest ignored = server.takeRequest(0, TimeUnit.SECONDS); // else the server keeps every request for ever
        String path = raw.getTarget().replaceFirst("\\?.*", "");
        Matcher token = TOKEN_PATH.matcher(path);
        if (token.matches()) {
            return answerToken(new RecordedTokenRequest(String.valueOf(raw.getMethod()), path,
                    token.group(1) == null ? token.group(2) : token.group(1),
                    RecordedTokenRequest.headers(raw.getHeaders()), utf8(raw), now()));
        }
        if (AuthorizePage.isAt(path)) {
            return page.answer(raw, path);
        }
        Matcher device = DEVICE_PATH.matcher(path);
        if (device.matches()) {
            return responses.toDeviceRequest(new RecordedTokenRequest(String.valueOf(raw.getMethod()), path, device.group(1),
                    RecordedTokenRequest.headers(raw.getHeaders()), utf8(raw), now()), devices).build();
        }
        return switch (path) {
            case DISCOVERY_PATH -> answerDiscovery(raw);
            case PROTECTED_PATH -> responses.resource(raw.getHeaders().get("Authorization"));
            default -> new MockResponse.Builder().code(404).build();
        };
    }

    private static String utf8(RecordedRequest raw) {
        return raw.getBody() == null ? "" : raw.getBody().utf8();
    }

    private MockResponse answerToken(RecordedTokenRequest request) throws InterruptedException {
        Traffic.Held<RecordedTokenRequest> turn = tokenTraffic.arrives(request);
        try {
            FakeAnswer queued = queue.poll();
            FakeAnswer answer = queued != null ? queued : standingAnswer(request);
            turn.released().await();
            tokenTraffic.pause(answer.delay());
            return (tokenTraffic.isClosed() ? FakeAnswer.disconnects() : answer).render(responses.toTokenRequest(devices.withScopes(request)));
        } finally {
            tokenTraffic.leaves();
        }
    }

    private FakeAnswer standingAnswer(RecordedTokenRequest request) {
        return standing.stream().filter(rule -> rule.condition.test(request)).findFirst()
                .map(Rule::answer).orElseGet(FakeAnswer::issues);
    }

    private MockResponse answerDiscovery(RecordedRequest raw) throws InterruptedException {
        discoveryTraffic.arrives(raw.getUrl().uri());
        try {
            FakeAnswer answer = discovery;
            discoveryTraffic.pause(answer.delay());
            return (discoveryTraffic.isClosed() ? FakeAnswer.disconnects() : answer)
                    .render(responses.toDiscovery(raw.getUrl(), raw.getHeaders().get("client-request-id")));
        } finally {
            discoveryTraffic.leaves();
        }
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.wallMillis());
    }
}
