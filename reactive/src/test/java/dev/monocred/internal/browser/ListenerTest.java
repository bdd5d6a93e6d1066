package dev.monocred.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.oauth.AuthorizationAnswer;
import dev.monocred.core.oauth.SignInSecrets;
import dev.monocred.internal.browser.Listener.Bound;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Anybody on the machine can knock at the port: entra.md 3.7; checklist 40, 42, 58. */
class ListenerTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SignInSecrets SECRETS = SignInSecrets.of(new byte[SignInSecrets.RANDOM_BYTES]);
    private static final String ANSWER = "code=C-1&state=" + SECRETS.state();

    private final Bound port = bound(RedirectUri.ANY_PORT);
    private final CompletableFuture<AuthorizationAnswer> answer = port.answer().toFuture();
    private final HttpClient client = HttpClient.create(ConnectionProvider.newConnection()).disableRetry(true);

    private static Bound bound(RedirectUri redirect) {
        return Objects.requireNonNull(Listener.bind(redirect, SECRETS).block(LIMIT));
    }

    @AfterEach
    void close() {
        port.close(Pages.nobodyWaits());
    }

    private record Reply(int status, String html, HttpHeaders headers) {}

    private Mono<Reply> send(HttpMethod method, String path, Map<String, String> headers, @Nullable String body) {
        return client.headers(all -> {
            headers.forEach(all::set);
            if (body != null) {
                all.set("Content-Length", body.length());
            }
        }).request(method).uri(port.redirectUri() + path)
                .send(body == null ? ByteBufMono.empty() : ByteBufMono.fromString(Mono.just(body)))
                .responseSingle((head, content) -> content.asString().defaultIfEmpty("")
                        .map(html -> new Reply(head.status().code(), html, head.responseHeaders())));
    }

    private Reply reply(HttpMethod method, String path, Map<String, String> headers, @Nullable String body) {
        return Objects.requireNonNull(send(method, path, headers, body).block(LIMIT));
    }

    private Mono<Reply> get(String query) {
        return send(HttpMethod.GET, "/?" + query, Map.of(), null);
    }

    private Mono<Reply> form(String body) {
        return send(HttpMethod.POST, "/", Map.of("Content-Type", "application/x-www-form-urlencoded"), body);
    }

    private void assertStillWaits() {
        assertThat(answer).as("still waiting").isNotDone();
        CompletableFuture<Reply> brought = get(ANSWER).toFuture();
        assertThat(answer.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join().code()).isEqualTo("C-1");
        port.close(Pages.signedIn());
        assertThat(brought.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerIsTakenFromAQueryOrAFormAndThePageComesWithTheVerdict(boolean isForm) {
        CompletableFuture<Reply> page = (isForm ? form(ANSWER) : get(ANSWER)).toFuture();

        assertThat(answer.join()).isEqualTo(new AuthorizationAnswer(SECRETS.state(), "C-1", null));
        assertThat(page).as("nobody says it went well before it did").isNotDone();
        port.close(Pages.signedIn());

        Reply reply = page.join();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.html()).isEqualTo(Pages.signedIn().html());
        Page.HEADERS.forEach((name, value) -> assertThat(reply.headers().get(name)).as(name).isEqualTo(value));
        assertThat(reply.headers().get("Connection")).isEqualTo("close");
    }

    @ParameterizedTest
    @CsvSource({"GET, /favicon.ico, 404", "GET, /other?ANSWER, 404", "GET, //?ANSWER, 404", "GET, /, 400", "GET, /?code=C-2&state=wrong, 400",
        "GET, /?code=C-2, 400", "GET, /?ANSWER&state=again, 400", "HEAD, /?ANSWER, 405", "PUT, /?ANSWER, 405",
        "OPTIONS, /?ANSWER, 405", "DELETE, /?ANSWER, 405"})
    void whateverElseComesIsAnsweredAndChangesNothing(String method, String path, int status) {
        Reply reply = reply(HttpMethod.valueOf(method), path.replace("ANSWER", ANSWER), Map.of(), null);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.headers().get("Access-Control-Allow-Origin")).isNull();
        assertStillWaits();
    }

    @Test
    void aFormOfAnotherPageDoesNotKnowTheState() {
        Map<String, String> foreign = Map.of("Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example");
        assertThat(reply(HttpMethod.POST, "/", foreign, "code=theirs&state=guessed").status()).isEqualTo(400);
        assertStillWaits();
    }

    @ParameterizedTest
    @CsvSource({"Host, evil.example", "Host, localhost.evil.example:80", "Host, ''", "Sec-Fetch-Mode, cors", "Sec-Fetch-Mode, no-cors"})
    void aNameThatIsNotOursAndAScriptThatLooksForPortsAreTurnedAwayEvenWithTheState(String header, String value) {
        assertThat(reply(HttpMethod.GET, "/?" + ANSWER, Map.of(header, value), null).status()).isEqualTo(403);
        assertStillWaits();
    }

    @ParameterizedTest
    @CsvSource({"localhost:1, navigate", "127.0.0.1, navigate", "[::1]:80, navigate"})
    void ourOwnNamesAndNavigationsAreLetIn(String host, String mode) {
        CompletableFuture<Reply> page = send(HttpMethod.GET, "/?" + ANSWER, Map.of("Host", host, "Sec-Fetch-Mode", mode), null).toFuture();
        assertThat(answer.join().code()).isEqualTo("C-1");
        port.close(Pages.signedIn());
        assertThat(page.join().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"text/plain, 1, 415", "application/json, 1, 415", "application/x-www-form-urlencoded, 70000, 413"})
    void aBodyThatIsNoSmallFormIsNotRead(String type, int length, int status) {
        assertThat(reply(HttpMethod.POST, "/", Map.of("Content-Type", type), ANSWER + "&a=" + "x".repeat(length)).status())
                .isEqualTo(status);
        assertStillWaits();
    }

    @Test
    void aFloodDoesNotKeepTheAnswerOut() {
        Long answered = Flux.range(0, 2_000).flatMap(i -> get("code=" + i + "&state=" + i), 100)
                .filter(reply -> reply.status() == 400).count().block(Duration.ofMinutes(1));

        assertThat(answered).isEqualTo(2_000);
        assertStillWaits();
    }

    @Test
    void cookiesOfOtherServersOfThisMachineDoNoHarm() {
        CompletableFuture<Reply> page = send(HttpMethod.GET, "/?" + ANSWER, Map.of("Cookie", "a=" + "x".repeat(100_000)), null).toFuture();
        assertThat(answer.join().code()).isEqualTo("C-1");
        port.close(Pages.signedIn());
        assertThat(page.join().status()).isEqualTo(200);
    }

    @Test
    void onlyTheFirstAnswerCountsAndALaterOneSeesTheSamePage() {
        CompletableFuture<Reply> first = get(ANSWER).toFuture();
        assertThat(answer.join().code()).isEqualTo("C-1");
        CompletableFuture<Reply> second = form("code=C-2&state=" + SECRETS.state()).toFuture();
        CompletableFuture<Reply> third = get("error=access_denied&state=" + SECRETS.state()).toFuture();
        port.show(Pages.signedIn());
        port.show(Pages.nobodyWaits());

        assertThat(List.of(first, second, third)).allSatisfy(page -> assertThat(page.join().html())
                .isEqualTo(Pages.signedIn().html()));
        assertThat(Objects.requireNonNull(port.answer().block(LIMIT)).code()).isEqualTo("C-1");
    }

    /** Browsers ask for it besides, and pages do not wait for it. */
    @Test
    void anIconIsRefusedWhileTheAnswerIsLookedAtToo() {
        CompletableFuture<Reply> page = get(ANSWER).toFuture();
        assertThat(answer.join().code()).isEqualTo("C-1");
        assertThat(reply(HttpMethod.GET, "/favicon.ico", Map.of(), null).status()).isEqualTo(404);
        assertThat(page).isNotDone();
        port.close(Pages.signedIn());
        assertThat(page.join().status()).isEqualTo(200);
    }

    @Test
    void closingFreesThePortAtOnceAndStillDeliversThePage() throws IOException {
        int number = port.server().port();
        CompletableFuture<Reply> page = get(ANSWER).toFuture();
        assertThat(answer.join().code()).isEqualTo("C-1");

        port.close(Pages.nobodyWaits());
        port.server().onDispose().block(LIMIT);

        assertThat(page.join().html()).contains("The application stopped waiting");
        try (ServerSocket mine = new ServerSocket(number, 1, RedirectUri.ANY_PORT.address())) {
            assertThat(mine.isBound()).isTrue();
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws IOException {
        try (Socket silent = new Socket(RedirectUri.ANY_PORT.address(), port.server().port())) {
            silent.setSoTimeout(20_000);
            assertThat(silent.getInputStream().read()).as("end of the stream").isEqualTo(-1);
        }
        assertStillWaits();
    }

    @Test
    void aPortThatIsTakenIsSaid() {
        RedirectUri taken = RedirectUri.parse("http://localhost:" + port.server().port());
        assertThatThrownBy(() -> Listener.bind(taken, SECRETS).block(LIMIT)).hasStackTraceContaining("Address already in use");
    }

    @Test
    void aPathOfOnesOwnIsTheOnlyOneThatAnswers() {
        Bound own = bound(RedirectUri.parse("http://127.0.0.1:0/sign-in/back"));
        try {
            assertThat(own.redirectUri()).matches("http://127\\.0\\.0\\.1:\\d+/sign-in/back");
            CompletableFuture<Integer> page = client.get().uri(own.redirectUri() + "?" + ANSWER).response()
                    .map(head -> head.status().code()).toFuture();
            assertThat(Objects.requireNonNull(own.answer().block(LIMIT)).code()).isEqualTo("C-1");
            own.close(Pages.signedIn());
            assertThat(page.join()).isEqualTo(200);
        } finally {
            own.close(Pages.nobodyWaits());
        }
    }
}
