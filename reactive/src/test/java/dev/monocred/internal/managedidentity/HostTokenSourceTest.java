package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.http.ProxyRules;
import dev.monocred.internal.managedidentity.ManagedIdentityId.Kind;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.testing.ManualTime;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Which answers are asked for again, and when: scripted answers and manual time, so every pause is exact. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class HostTokenSourceTest {

    private static final String TOKEN = "{\"access_token\":\"invented\",\"expires_in\":\"3600\"}";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final List<Duration> asked = new ArrayList<>();
    private final SharedRuntime.Lease runtime = SharedRuntime.lease();
    private double random;

    private @Nullable AccessToken token;
    private @Nullable Throwable failure;

    @AfterEach
    void release() {
        runtime.release();
    }

    private static RawAnswer answer(int status, String... header) {
        return new RawAnswer(status, header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1])),
                (status == 200 ? TOKEN : "{\"error\":\"e" + status + "\"}").getBytes(UTF_8));
    }

    private Disposable ask(ManagedIdentitySource rules, RawAnswer... script) {
        return ask(rules, Stream.of(script).map(Mono::just).toList());
    }

    /** Asks; what is beyond the script is as its last part. */
    private Disposable ask(ManagedIdentitySource rules, List<Mono<RawAnswer>> script) {
        ManagedIdentitySource scripted = new ManagedIdentitySource() {
            @Override
            public String host() {
                return rules.host();
            }

            @Override
            public HostRetryRule rule() {
                return rules.rule();
            }

            @Override
            public boolean isKnownToExist() {
                return rules.isKnownToExist();
            }

            @Override
            public boolean isAbsence(TokenAnswer answer) {
                return rules.isAbsence(answer);
            }

            @Override
            public boolean isAbsence(HttpFailure failure) {
                return rules.isAbsence(failure);
            }

            @Override
            public String remedy() {
                return rules.remedy();
            }

            @Override
            public Mono<RawAnswer> attempt(ResourceRequest request) {
                return Mono.defer(() -> {
                    asked.add(Duration.ofNanos(time.nanos()));
                    return script.get(Math.min(asked.size(), script.size()) - 1);
                });
            }
        };
        HostRetries retries = new HostRetries(time, time.scheduler(), new Fixed());
        return new HostTokenSource(scripted, retries).acquire(TokenRequestContext.of("https://a/.default"))
                .subscribe(each -> token = each, error -> failure = error);
    }

    private final class Fixed implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public double nextDouble() {
            return random;
        }
    }

    private Hosts hosts(Map<String, String> variables) {
        return hosts(variables, ManagedIdentityId.SYSTEM, Position.ALONE);
    }

    private Hosts hosts(Map<String, String> variables, ManagedIdentityId id, Position position) {
        return new Hosts(runtime, null, time, time.scheduler(), Machine.local(variables::get), id, position);
    }

    private ManagedIdentitySource imds() {
        return hosts(Map.of()).imds();
    }

    private ManagedIdentitySource appService() {
        return hosts(Map.of()).appService();
    }

    /** A real one: nobody listens there. */
    private HttpFailure refusedConnection() throws IOException {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = URI.create("http://localhost:" + socket.getLocalPort());
        }
        HttpExchange exchange = new HttpExchange(runtime, null, Hosts.LIMITS, Schedulers.parallel(),
                new ProxyRules(name -> null, name -> null));
        return Objects.requireNonNull(catchThrowableOfType(HttpFailure.class,
                () -> exchange.send(HttpCall.get(nobody, Map.of())).block()));
    }

    private List<Double> pauses() {
        return Stream.iterate(1, i -> i < asked.size(), i -> i + 1)
                .map(i -> asked.get(i).minus(asked.get(i - 1)).toMillis() / 1000.0).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 408, 429, 500, 503})
    void oneBadAnswerIsFollowedByAnother(int status) { // 33
        ask(imds(), answer(status), answer(200));
        time.advance(Duration.ofSeconds(1));
        assertThat(token).isNotNull();
        assertThat(asked).hasSize(2);
    }

    @Test
    void twoLostAnswersAreFollowedByAToken() { // fault 42, 79
        ask(imds(), answer(404), answer(404), answer(200));
        time.advance(Duration.ofSeconds(3));
        assertThat(token).isNotNull();
        asked.clear();
        ask(imds(), answer(429), answer(429), answer(200));
        time.advance(Duration.ofSeconds(3));
        assertThat(pauses()).containsExactly(0.8, 1.6);
    }

    @Test
    void aLastingOutageIsAskedSixTimes() { // 34
        ask(imds(), answer(500));
        time.advance(Duration.ofSeconds(60));
        assertThat(pauses()).containsExactly(0.8, 1.6, 3.2, 6.4, 12.8);
        assertThat(failure).isInstanceOf(ClientAuthenticationException.class)
                .isNotInstanceOf(CredentialUnavailableException.class).hasMessageContaining("500");
    }

    @Test
    void pausesGrowByAFifthAtMost() { // 34
        random = 1;
        ask(imds(), answer(500));
        time.advance(Duration.ofSeconds(60));
        assertThat(pauses()).containsExactly(0.96, 1.92, 3.84, 7.68, 15.36);
    }

    @Test
    void anUpdateThatDoesNotEndIsWaitedForSeventySeconds() { // 35
        ask(imds(), answer(410));
        time.advance(Duration.ofSeconds(69));
        assertThat(failure).isNull();
        time.advance(Duration.ofSeconds(1));
        assertThat(asked).hasSize(8);
        assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class).hasMessageContaining("410");
    }

    @Test
    void anUpdateOfAMinuteIsWaitedFor() { // 35, fault 43
        ask(imds(), answer(410), answer(410), answer(410), answer(410), answer(410), answer(410), answer(200));
        time.advance(Duration.ofSeconds(60));
        assertThat(token).isNotNull();
        assertThat(asked.get(6)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void outagesAndUpdatesAreCountedApart() { // fault 44
        ask(imds(), answer(500), answer(410), answer(503), answer(410), answer(429), answer(200));
        time.advance(Duration.ofSeconds(60));
        assertThat(pauses()).containsExactly(0.8, 10.0, 1.6, 10.0, 3.2);
        assertThat(token).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry-after:7", "retry-after-ms:7000", "x-ms-retry-after-ms:7000"})
    void theHostsWishIsObeyed(String header) { // 36
        ask(imds(), answer(429, header.split(":")), answer(200));
        time.advance(Duration.ofMillis(6999));
        assertThat(asked).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(token).isNotNull();
    }

    @Test
    void aDateIsAWishToo() { // 36
        RawAnswer answer = new RawAnswer(503, Map.of("date", List.of("Tue, 01 Jan 2030 00:00:00 GMT"), "retry-after",
                List.of("Tue, 01 Jan 2030 00:00:07 GMT")), new byte[0]);
        ask(imds(), answer, answer(200));
        time.advance(Duration.ofSeconds(7));
        assertThat(pauses()).containsExactly(7.0);
    }

    @Test
    void aWishBeyondTheDeadlineEndsTheFlightAndIsPassedOn() {
        ask(imds(), answer(503, "retry-after", "60"));
        time.advance(Duration.ofSeconds(60));
        assertThat(asked).hasSize(2);
        assertThat(failure).isInstanceOfSatisfying(ClientAuthenticationException.class, error ->
                assertThat(error.retryAt()).isEqualTo(time.now().plusSeconds(60)));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void refusalsAreNotRepeated(int status) { // 37
        ask(imds(), answer(status));
        time.advance(Duration.ofSeconds(100));
        assertThat(asked).hasSize(1);
        assertThat(failure).isNotNull();
    }

    @Test
    void aGatewayThatLastsMeansThereIsNoService() { // 38
        ask(imds(), answer(502));
        time.advance(Duration.ofSeconds(60));
        assertThat(asked).hasSize(6);
        assertThat(failure).isInstanceOf(CredentialUnavailableException.class);
    }

    /** Whether a chain goes on. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            400, Identity not found,              true
            401, unknown_source,                  false
            403, an unreachable network.,         true
            403, An UNREACHABLE host.,            true
            403, Forbidden,                       false
            404, updating,                        false
            410, gone,                            false
            429, too many,                        false
            500, unreachable,                     false
            502, <html>,                          true
            503, busy,                            false
            504, <html>,                          true
            """)
    void theAnswerTellsWhetherThereIsSuchAServiceAndIdentity(int status, String body, boolean isAbsent) { // 3.6
        for (Position position : Position.values()) {
            for (Kind kind : Kind.values()) {
                failure = null;
                ask(hosts(Map.of(), new ManagedIdentityId(kind, kind == Kind.SYSTEM ? "" : "invented"), position).imds(),
                        new RawAnswer(status, Map.of(), body.getBytes(UTF_8)));
                time.advance(HostRetryRule.IMDS.deadline());
                assertThat(failure).as(position + " " + kind).isExactlyInstanceOf(
                        isAbsent ? CredentialUnavailableException.class : ClientAuthenticationException.class)
                        .hasMessageContainingAll(Integer.toString(status), body.replaceFirst("\\.$", ""));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Position.class)
    void anAnswerThatIsNoTokenIsAbsenceInAChain(Position position) { // 39
        ask(hosts(Map.of(), ManagedIdentityId.SYSTEM, position).imds(), new RawAnswer(200, Map.of(), "<html>".getBytes(UTF_8)));
        assertThat(failure).isExactlyInstanceOf(position.isChained()
                ? CredentialUnavailableException.class : ClientAuthenticationException.class);
    }

    @Test
    void silenceOfAServiceThatMayNotExistIsNotAskedAgain() throws IOException { // 40
        ask(imds(), List.of(Mono.error(refusedConnection())));
        assertThat(asked).hasSize(1);
        assertThat(failure).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageContainingAll("connection refused", "IDENTITY_ENDPOINT");
    }

    @Test
    void silenceOfAServiceThatExistsIsAnOutage() throws IOException { // 3.5
        ManagedIdentitySource known = hosts(Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://localhost")).imds();
        ask(known, List.of(Mono.error(refusedConnection()), Mono.error(refusedConnection()), Mono.just(answer(200))));
        time.advance(Duration.ofSeconds(3));
        assertThat(token).isNotNull();
        assertThat(pauses()).containsExactly(0.8, 1.6);
    }

    @Test
    void silenceOfTheOneThatWasChosenIsAnOutage() throws IOException { // 41
        ask(hosts(Map.of(), ManagedIdentityId.SYSTEM, Position.ONLY_ONE).imds(), List.of(Mono.error(refusedConnection())));
        time.advance(Duration.ofSeconds(60));
        assertThat(asked).hasSize(6);
        assertThat(failure).isInstanceOf(CredentialUnavailableException.class);
    }

    @Test
    void silenceOfAnotherHostIsItsFailure() throws IOException { // 4.1: the variables prove that it is there
        ask(appService(), List.of(Mono.error(refusedConnection())));
        time.advance(Duration.ofSeconds(29));
        assertThat(pauses()).containsExactly(1.0, 2.0, 4.0);
        assertThat(failure).isExactlyInstanceOf(ClientAuthenticationException.class)
                .hasMessageContaining("no answer from App Service: connection refused");
    }

    @Test
    void whoLeavesDuringAPauseEndsIt() { // 18
        ask(imds(), answer(500)).dispose();
        time.advance(Duration.ofSeconds(100));
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void otherHostsAreAskedFourTimes(int status) { // 44
        ask(appService(), answer(status));
        time.advance(Duration.ofSeconds(29));
        assertThat(pauses()).containsExactly(1.0, 2.0, 4.0);
        assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 410, 501})
    void otherHostsAreNotAskedAgainForThese(int status) { // 44
        ask(appService(), answer(status));
        time.advance(Duration.ofSeconds(29));
        assertThat(asked).hasSize(1);
    }
}
