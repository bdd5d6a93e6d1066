package dev.monocred.internal.entra;

import static dev.monocred.internal.entra.FaultServer.never;
import static dev.monocred.internal.entra.FaultServer.resets;
import static dev.monocred.internal.entra.FaultServer.resetsOnAccept;
import static dev.monocred.internal.entra.FaultServer.sends;
import static dev.monocred.internal.entra.FaultServer.sendsAndCloses;
import static dev.monocred.internal.entra.FaultServer.sendsAndResets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.oauth.ClientAuthentication;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenRequest;
import dev.monocred.internal.http.HttpFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The fault catalogue of refresher.md 13 as it meets a token request, on real sockets; the numbers are its own. */
class TokenFaultsTest {

    private static final String TOKEN_JSON = "{\"access_token\":\"AT-1\",\"token_type\":\"Bearer\",\"expires_in\":3599}";
    private static final String TOKEN = http("200 OK", TOKEN_JSON);

    private EngineFixture fixture = new EngineFixture(null);
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        fixture.close();
        for (AutoCloseable one : toClose) {
            one.close();
        }
    }

    private FaultServer server(FaultServer.Behaviour... script) throws IOException {
        FaultServer server = FaultServer.of(script);
        toClose.add(server);
        return server;
    }

    private void use(HttpClient client) {
        fixture.close();
        fixture = new EngineFixture(client);
    }

    private static String http(String status, String body, String... headers) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n"
                + String.join("", List.of(headers).stream().map(header -> header + "\r\n").toList()) + "\r\n" + body;
    }

    private Mono<AccessToken> ask(URI endpoint, boolean isRepeatable) {
        return fixture.engine().client().request(new TokenCall("ClientSecretCredential", "tenant", "client-1", endpoint, isRepeatable,
                        Mono.just(new TokenRequest(new Grant.ClientCredentials(),
                                new ClientAuthentication.Secret("the-hidden-secret"), "client-1", List.of("api/.default"), null))))
                .map(token -> token.accessToken());
    }

    private AccessToken token(FaultServer server) {
        return Objects.requireNonNull(ask(server.uri("http"), true).block(Duration.ofSeconds(20)));
    }

    private ClientAuthenticationException failure(FaultServer server) {
        return checked(Failures.of(ask(server.uri("http"), true)));
    }

    private ClientAuthenticationException failureOnce(FaultServer server) {
        return checked(Failures.of(ask(server.uri("http"), false)));
    }

    /** Holds for every failure whatever its reason (F-9, N-9). */
    private static ClientAuthenticationException checked(ClientAuthenticationException failure) {
        assertThat(failure.getMessage()).startsWith("ClientSecretCredential: ").doesNotContain("the-hidden-secret")
                .doesNotContain("io.netty").doesNotContain("jackson").doesNotContain("Exception");
        Throwable cause = failure.getCause();
        assertThat(cause == null || cause instanceof HttpFailure).as("no raw exception behind it: %s", cause).isTrue();
        return failure;
    }

    private static HttpFailure.Kind kind(ClientAuthenticationException failure) {
        assertThat(failure.getCause()).isInstanceOf(HttpFailure.class);
        return ((HttpFailure) Objects.requireNonNull(failure.getCause())).kind();
    }

    private static void assertTransient(ClientAuthenticationException failure, HttpFailure.Kind kind) {
        assertThat(kind(failure)).isEqualTo(kind);
        assertThat(failure.isTransient()).isTrue();
    }

    @Test
    void fault1ARefusedConnectionIsTriedThreeTimes() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        ClientAuthenticationException failure =
                checked(Failures.of(ask(URI.create("https://localhost:" + port + "/t/oauth2/v2.0/token"), true)));

        assertTransient(failure, HttpFailure.Kind.REFUSED);
        assertThat(failure).hasMessageContaining("connection refused by localhost:" + port).hasMessageContaining("Check");
    }

    @Test
    void fault2AConnectionThatNeverComesAboutIsAConnectTimeout() throws IOException {
        // A full backlog: the kernel drops further SYNs, as a firewall does.
        ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        toClose.add(full);
        for (int i = 0; i < 8; i++) {
            Socket filler = new Socket();
            toClose.add(filler);
            try {
                filler.connect(full.getLocalSocketAddress(), 100);
            } catch (IOException backlogIsFull) {
                break;
            }
        }
        ClientAuthenticationException failure =
                checked(Failures.of(ask(URI.create("http://localhost:" + full.getLocalPort() + "/t/token"), true)));

        assertTransient(failure, HttpFailure.Kind.CONNECT_TIMEOUT);
    }

    @Test
    void fault3AnUnknownNameSaysSo() {
        ClientAuthenticationException failure =
                checked(Failures.of(ask(URI.create("https://login.example.invalid/t/oauth2/v2.0/token"), true)));

        assertTransient(failure, HttpFailure.Kind.UNKNOWN_HOST);
        assertThat(failure).hasMessageContaining("login.example.invalid").hasMessageContaining("DNS");
    }

    @Test
    void fault4AResetOnAcceptIsTriedOnThreeConnections() throws IOException {
        FaultServer server = server(resetsOnAccept());

        assertTransient(failure(server), HttpFailure.Kind.DISCONNECTED);
        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void fault5AResetBeforeTheAnswerIsTriedThreeTimes() throws IOException {
        FaultServer server = server(resets());

        assertTransient(failure(server), HttpFailure.Kind.DISCONNECTED);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void fault5WhatIsGoodForOneUseIsSentOnce() throws IOException {
        FaultServer server = server(resets());

        assertTransient(failureOnce(server), HttpFailure.Kind.DISCONNECTED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault6AnEndBeforeTheAnswerIsTriedThreeTimes() throws IOException {
        FaultServer server = server(sendsAndCloses(""));

        ClientAuthenticationException failure = failure(server);

        assertTransient(failure, HttpFailure.Kind.DISCONNECTED);
        assertThat(failure).hasMessageContaining("without an answer");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"short length", "mid chunk", "reset"})
    void fault7ACutAnswerIsNeverReadInPart(String how) throws IOException {
        String cut = switch (how) {
            case "mid chunk" -> "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + TOKEN_JSON;
            default -> "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n" + TOKEN_JSON;
        };
        FaultServer server = server(how.equals("reset") ? sendsAndResets(cut) : sendsAndCloses(cut));

        assertTransient(failure(server), HttpFailure.Kind.DISCONNECTED);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void fault8AServerThatNeverAnswersEndsTheAttemptInTime() throws IOException {
        FaultServer server = server(never());

        assertTransient(failure(server), HttpFailure.Kind.RESPONSE_TIMEOUT);
        assertThat(server.requests()).hasSizeBetween(1, 3);
    }

    @Test
    void fault8AnAttemptThatCouldNotEndWithinTheDeadlineIsNotBegun() throws IOException {
        fixture.close();
        fixture = new EngineFixture(null, EngineFixture.RULE.withTimes(EngineFixture.TOTAL, Duration.ofMillis(1600)));
        FaultServer server = server(never());

        assertTransient(failure(server), HttpFailure.Kind.RESPONSE_TIMEOUT);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"body", "headers"})
    void faults9And10ADribbleEndsWithTheTotalTimeNotWithItsLastByte(String what) throws IOException {
        FaultServer server = server(socket -> {
            FaultServer.write(socket, what.equals("body") ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" : "HTTP/1.1 200 OK\r\nX-Slow: ");
            for (int i = 0; i < 1000; i++) {
                FaultServer.write(socket, "x");
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        });

        assertTransient(failureOnce(server), HttpFailure.Kind.DEADLINE);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault11AStaleConnectionIsReplacedOnceAndCostsNothing() throws IOException {
        // The server hangs up instead of answering the second request on a connection.
        FaultServer server = server(sends(TOKEN), sendsAndCloses(""), sends(TOKEN));
        fixture.close();
        // A pool of one: the second request waits until the first one's connection is back, and takes it.
        ConnectionProvider pool = ConnectionProvider.builder("one").maxConnections(1).build();
        toClose.add(pool::dispose);
        // One attempt: what is sent again is not a retry.
        fixture = new EngineFixture(HttpClient.create(pool), EngineFixture.RULE.withAttempts(1));

        token(server);
        AccessToken second = token(server);

        assertThat(second.token()).isEqualTo("AT-1");
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void fault11AnAuthorizationCodeIsNotSentAgainEvenThen() throws IOException {
        FaultServer server = server(sends(TOKEN), sendsAndCloses(""), sends(TOKEN));
        ConnectionProvider pool = ConnectionProvider.builder("one").maxConnections(1).build();
        toClose.add(pool::dispose);
        use(HttpClient.create(pool));
        token(server);

        assertTransient(failureOnce(server), HttpFailure.Kind.DISCONNECTED);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void fault12AFullPoolFailsInTimeAndIsFineAfterwards() throws IOException {
        ConnectionProvider pool = ConnectionProvider.builder("small").maxConnections(1)
                .pendingAcquireTimeout(Duration.ofMillis(100)).build();
        toClose.add(pool::dispose);
        use(HttpClient.create(pool));
        FaultServer server = server(never(), sends(TOKEN));
        Mono<AccessToken> hung = ask(server.uri("http"), false).onErrorComplete().cache();
        hung.subscribe();
        while (server.requests().isEmpty()) {
            Thread.onSpinWait();
        }

        assertTransient(failure(server), HttpFailure.Kind.BUSY);
        hung.block(Duration.ofSeconds(20));
        assertThat(token(server).token()).as("afterwards").isEqualTo("AT-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SSH-2.0-OpenSSH_9\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
    })
    void faults13And15GarbageIsNotTriedAgain(String garbage) throws IOException {
        FaultServer server = server(sends(garbage));

        assertTransient(failure(server), HttpFailure.Kind.MALFORMED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault14HeadersBeyondTheLimitAreNotRead() throws IOException {
        FaultServer server = server(sends(http("200 OK", TOKEN_JSON, "X-Large: " + "x".repeat(17 * 1024))));

        assertTransient(failure(server), HttpFailure.Kind.MALFORMED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault14HeadersWithinTheLimitAreRead() throws IOException {
        FaultServer server = server(sends(http("200 OK", TOKEN_JSON, "X-Large: " + "x".repeat(15 * 1024))));

        assertThat(token(server).token()).isEqualTo("AT-1");
    }

    @Test
    void faults16And26TheLongestRetryAfterClosesTheGateAndNothingMoreIsSent() throws IOException {
        FaultServer server = server(sends(http("429 Too Many Requests", "{}", "Retry-After: 1", "Retry-After: 60")));
        Instant before = Instant.now();

        ClientAuthenticationException first = failure(server);
        ClientAuthenticationException second = failure(server);

        assertThat(first.isTransient()).isTrue();
        assertThat(first.retryAt()).isBetween(before.plusSeconds(60), Instant.now().plusSeconds(67));
        assertThat(second.retryAt()).isEqualTo(first.retryAt());
        assertThat(second).hasMessageContaining("nothing was sent");
        assertThat(server.requests()).as("one attempt, then none").hasSize(1);
    }

    @Test
    void fault26AnotherEndpointIsNotThrottledWithIt() throws IOException {
        FaultServer throttled = server(sends(http("429 Too Many Requests", "{}", "Retry-After: 60")));
        FaultServer other = server(sends(TOKEN));

        failure(throttled);

        assertThat(token(other).token()).isEqualTo("AT-1");
    }

    @Test
    void aShortRetryAfterIsWaitedForInside() throws IOException {
        FaultServer server = server(sends(http("429 Too Many Requests", "{}", "Retry-After-Ms: 1")), sends(TOKEN));

        assertThat(token(server).token()).isEqualTo("AT-1");
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void fault19AnInterimAnswerIsSkipped() throws IOException {
        FaultServer server = server(sends("HTTP/1.1 100 Continue\r\n\r\n" + TOKEN));

        assertThat(token(server).token()).isEqualTo("AT-1");
    }

    @Test
    void fault20ARedirectIsNotFollowed() throws IOException {
        FaultServer other = server(sends(TOKEN));
        FaultServer server = server(sends("HTTP/1.1 302 Found\r\nLocation: " + other.uri("http") + "\r\nContent-Length: 0\r\n\r\n"));

        ClientAuthenticationException failure = failure(server);

        assertThat(failure).hasMessageContaining("redirect").extracting(ClientAuthenticationException::isTransient).isEqualTo(true);
        assertThat(server.requests()).hasSize(1);
        assertThat(other.connections()).as("the secret stays here").isZero();
    }

    @Test
    void fault21AProxyThatWantsAPasswordIsTerminal() throws IOException {
        FaultServer proxy = server(sends("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
        fixture.environment.put("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port());

        ClientAuthenticationException failure =
                checked(Failures.of(ask(URI.create("https://login.example.invalid/t/oauth2/v2.0/token"), true)));

        assertThat(kind(failure)).isEqualTo(HttpFailure.Kind.PROXY_AUTHENTICATION);
        assertThat(failure.isTransient()).isFalse();
        assertThat(failure).hasMessageContaining("407").hasMessageContaining("HTTPS_PROXY");
        assertThat(proxy.requests()).singleElement().asString().as("the proxy resolves the name")
                .startsWith("CONNECT login.example.invalid:443 ");
    }

    @Test
    void aProxyIsToldItsPasswordAndNothingElse() throws IOException {
        FaultServer proxy = server(sends("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
        fixture.environment.put("https_proxy", "http://anna:pass%40word@127.0.0.1:" + proxy.port());

        ClientAuthenticationException failure =
                checked(Failures.of(ask(URI.create("https://login.example.invalid/t/oauth2/v2.0/token"), true)));

        assertTransient(failure, HttpFailure.Kind.PROXY_REFUSED);
        assertThat(failure).hasMessageContaining("status 503");
        assertThat(failure.getMessage()).doesNotContain("pass@word");
        assertThat(proxy.requests()).singleElement().asString().containsIgnoringCase("proxy-authorization: basic YW5uYTpwYXNzQHdvcmQ=")
                .doesNotContain("the-hidden-secret");
    }

    @Test
    void aProxyIsNeverAskedForLoopback() throws IOException {
        FaultServer proxy = server(sends(TOKEN));
        FaultServer server = server(sends(TOKEN));
        fixture.environment.put("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port());

        token(server);

        assertThat(proxy.connections()).isZero();
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void fault22ACaptivePortalIsOneAttemptAndNoQuote() throws IOException {
        String page = "<html>Please sign in at the front desk</html>";
        FaultServer server = server(sends("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + page.length() + "\r\n\r\n" + page));

        ClientAuthenticationException failure = failure(server);

        assertThat(failure).hasMessageContaining("is not a token").hasMessageContaining("Check that no proxy");
        assertThat(failure.getMessage()).doesNotContain("front desk");
        assertThat(failure.isTransient()).isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault23AnErrorWithStatus200IsThatError() throws IOException {
        FaultServer server = server(sends(http("200 OK", "{\"error\":\"invalid_scope\",\"error_codes\":[70011]}")));

        ClientAuthenticationException failure = failure(server);

        assertThat(Objects.requireNonNull(failure.entraError()).error()).isEqualTo("invalid_scope");
        assertThat(failure).hasMessageContaining("/.default");
        assertThat(failure.isTransient()).isFalse();
    }

    @Test
    void fault24AnOAuthRefusalIsOneAttemptAndItsClaimsArriveWhole() throws IOException {
        FaultServer server = server(sends(http("400 Bad Request",
                "{\"error\":\"interaction_required\",\"claims\":\"{\\\"access_token\\\":{}}\",\"suberror\":\"basic_action\"}")));

        ClientAuthenticationException failure = failure(server);

        assertThat(failure.isTransient()).isFalse();
        assertThat(Objects.requireNonNull(failure.entraError()).claims()).isEqualTo("{\"access_token\":{}}");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault25AWrongSecretIsOneAttempt() throws IOException {
        FaultServer server = server(sends(http("401 Unauthorized", "{\"error\":\"invalid_client\",\"correlation_id\":\"c-1\"}")));

        ClientAuthenticationException failure = failure(server);

        assertThat(failure).hasMessageContaining("invalid_client").hasMessageEndingWith("Correlation id: c-1.");
        assertThat(failure.isTransient()).isFalse();
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504})
    void fault28AnOutageIsTriedThreeTimesAndMayEnd(int status) throws IOException {
        String down = http(status + " Down", "");
        FaultServer server = server(sends(down), sends(down), sends(TOKEN));

        assertThat(token(server).token()).isEqualTo("AT-1");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"500,", "400,temporarily_unavailable", "400,server_error"})
    void fault29AnOutageThatGoesOnIsTransientAfterThree(int status, String code) throws IOException {
        FaultServer server = server(sends(http(status + " Down", code == null ? "" : "{\"error\":\"" + code + "\"}")));

        ClientAuthenticationException failure = failure(server);

        assertThat(failure.isTransient()).isTrue();
        assertThat(failure.retryAt()).isNull();
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void anAnswerOfAnOutageIsNotRetriedForWhatIsGoodForOneUse() throws IOException {
        FaultServer server = server(sends(http("500 Down", "")));

        failureOnce(server);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void manyRequestsToADeadServerMakeFewRetries() throws IOException {
        FaultServer server = server(resets());

        Flux.range(0, 30).concatMap(i -> ask(server.uri("http"), true).onErrorComplete()).blockLast(Duration.ofSeconds(60));

        assertThat(server.requests()).as("30 requests and a budget of 10 retries, and what comes back in that time")
                .hasSizeBetween(40, 42);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"access_token\":\"AT-1\",\"expires_in\":35",
        "{\"access_token\":\"AT-1\",\"expires_in\":3599} trailing",
        "{\"access_token\":\"AT-1\",\"access_token\":\"AT-2\",\"expires_in\":3599}",
        "[\"deep\"]",
        "{\"access_token\":\"AT-1\",\"expires_in\":\"abc\"}",
        "{\"access_token\":\"AT-1\",\"expires_in\":0}",
        "{\"access_token\":\"AT-1\",\"expires_in\":-1}",
        "{\"access_token\":\"AT-1\"}",
        "{\"access_token\":\"AT-1\",\"token_type\":\"pop\",\"expires_in\":3599}",
    })
    void faults30To39WhatIsNoTokenIsMalformedAndNotTriedAgain(String body) throws IOException {
        FaultServer server = server(sends(http("200 OK", body)));

        ClientAuthenticationException failure = failure(server);

        assertThat(failure).hasMessageContaining("is not a token: ");
        assertThat(failure.getMessage()).doesNotContain("AT-1");
        assertThat(failure.isTransient()).isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fault30DeepNestingDoesNotOverflowTheStack() throws IOException {
        FaultServer server = server(sends(http("200 OK", "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")));

        assertThat(failure(server)).hasMessageContaining("is not a token: ");
    }

    @Test
    void fault31AByteOrderMarkIsAccepted() throws IOException {
        FaultServer server = server(sends(http("200 OK", "\u00EF\u00BB\u00BF" + TOKEN_JSON)));

        assertThat(token(server).token()).isEqualTo("AT-1");
    }

    @Test
    void fault32AnEndlessBodyIsCutAndTheConnectionClosed() throws IOException {
        AtomicLong written = new AtomicLong();
        CountDownLatch cut = new CountDownLatch(1);
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        FaultServer server = server(socket -> {
            FaultServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            try {
                while (written.addAndGet(chunk.length()) < 64 << 20) {
                    FaultServer.write(socket, chunk);
                }
            } finally {
                cut.countDown();
            }
        });

        ClientAuthenticationException failure = failure(server);

        assertTransient(failure, HttpFailure.Kind.TOO_LARGE);
        assertThat(await(cut)).as("the server noticed").isTrue();
        // What kernel buffers take on the way counts too.
        assertThat(written).hasValueLessThan(32 << 20);
        assertThat(server.requests()).hasSize(1);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void fault33CompressionThatWasNotAskedForIsMalformed() throws IOException {
        FaultServer server = server(sends(http("200 OK", TOKEN_JSON, "Content-Encoding: gzip")));

        assertThat(failure(server)).hasMessageContaining("compressed");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"\"3599\",3599", "3599.0,3599", "1e18,172800"})
    void fault34LifetimesOfEveryShapeAreRead(String expiresIn, long seconds) throws IOException {
        FaultServer server = server(sends(http("200 OK", "{\"access_token\":\"AT-1\",\"expires_in\":" + expiresIn + "}")));
        Instant before = Instant.now();

        AccessToken token = token(server);

        assertThat(token.expiresAt()).isBetween(before.plusSeconds(seconds).minusSeconds(1), Instant.now().plusSeconds(seconds));
    }

    @Test
    void cancellingClosesTheConnection() throws IOException {
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch arrived = new CountDownLatch(1);
        FaultServer server = server(socket -> {
            arrived.countDown();
            try {
                if (socket.getInputStream().read() < 0) {
                    gone.countDown();
                }
            } catch (IOException reset) {
                gone.countDown();
            }
        });
        Disposable subscription = ask(server.uri("http"), true).subscribe();
        assertThat(await(arrived)).isTrue();

        subscription.dispose();

        assertThat(await(gone)).isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void theFormGoesOutOnceWithItsLength() throws IOException {
        FaultServer server = server(sends(TOKEN));

        token(server);

        assertThat(server.requests()).singleElement().asString()
                .containsIgnoringCase("content-length: ").doesNotContainIgnoringCase("transfer-encoding")
                .endsWith("&scope=api%2F.default");
    }
}
