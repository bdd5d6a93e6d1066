package dev.monocred;

import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.FakeAnswer.throttles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** entra.md 3.8 and its numbers 44 and 57. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class DeviceCodeCredentialTest {

    private static final String VAULT = "https://vault.azure.net/.default";
    private static final TokenRequestContext REQUEST = TokenRequestContext.of(VAULT);
    private static final Duration FIVE = Duration.ofSeconds(5);

    private final Instant start = Instant.parse("2030-01-01T00:00:00Z");
    private final ManualTime time = ManualTime.startingAt(start);
    private final Pauses pauses = new Pauses(time);
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<DeviceCodeCredential> opened = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<DeviceCodeInfo> shown = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        opened.forEach(credential -> credential.close().block());
        entra.close();
    }

    private DeviceCodeCredential.Builder builder() {
        return DeviceCodeCredential.builder().clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost())
                .httpClient(entra.httpClient()).environment(name -> null).disableInstanceDiscovery(true).timeSource(time).scheduler(pauses)
                .promptCallback(code -> Mono.fromRunnable(() -> shown.add(code)));
    }

    private DeviceCodeCredential open(DeviceCodeCredential.Builder builder) {
        DeviceCodeCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    private CompletableFuture<AccessToken> ask(DeviceCodeCredential.Builder builder) {
        return open(builder).getToken(REQUEST).toFuture();
    }

    private DeviceCodeInfo code() {
        try {
            return Objects.requireNonNull(shown.poll(20, TimeUnit.SECONDS), "no code was shown");
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static <T> T value(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }

    private static ClientAuthenticationException failure(CompletableFuture<?> future) {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).isInstanceOf(ClientAuthenticationException.class);
            return (ClientAuthenticationException) failed.getCause();
        } catch (InterruptedException | TimeoutException hangs) {
            throw new AssertionError(hangs);
        }
        throw new AssertionError("it did not fail");
    }

    /** When the device asked, in seconds since the start. */
    private List<Long> asked() {
        return entra.requests().stream().map(each -> Duration.between(start, each.time()).toSeconds()).toList();
    }

    @Nested
    class Asks {

        @Test
        void atOnceAndThenInTheIntervalUntilThePersonHasSignedIn() {
            entra.devices().hesitate();
            CompletableFuture<AccessToken> token = ask(builder());
            DeviceCodeInfo code = code();

            pauses.pass(FIVE);
            pauses.begun(FIVE);
            entra.devices().approve(code.userCode());
            time.advance(FIVE);

            assertThat(value(token).token()).isNotBlank();
            assertThat(asked()).containsExactly(0L, 5L, 10L);
        }

        @Test
        void forWhatTheCallerWantsAndForARefreshToken() {
            value(ask(builder().tenantId(FakeEntra.TENANT_ID)));

            RecordedTokenRequest codes = entra.devices().requests().get(0);
            assertThat(codes.path()).isEqualTo("/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/devicecode");
            assertThat(codes.form()).containsOnlyKeys("client_id", "scope").containsEntry("client_id", FakeEntra.CLIENT_ID)
                    .containsEntry("scope", VAULT + " openid profile offline_access");
            assertThat(codes.header("Accept")).isEqualTo("application/json");
            assertThat(codes.header("client-request-id")).isNotBlank();
        }

        /** Number 57. */
        @Test
        void byTheGrantTypeOfTheSpecification() {
            value(ask(builder()));

            RecordedTokenRequest poll = entra.requests().get(0);
            assertThat(poll.form()).containsOnlyKeys("grant_type", "device_code", "client_id", "client_info")
                    .containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:device_code").containsEntry("client_info", "1");
            assertThat(poll.tenant()).isEqualTo("organizations");
        }

        @Test
        void withTheClaimsOfTheCaller() {
            value(open(builder()).getToken(REQUEST.withClaims("{\"a\":{}}").withCaeEnabled(true)).toFuture());

            assertThat(entra.requests().get(0).field("claims")).contains("\"a\"", "CP1");
        }

        /** Number 57. */
        @Test
        void everyFiveSecondsWhereTheServerDoesNotSay() {
            entra.devices().hesitate().interval(null);
            CompletableFuture<AccessToken> token = ask(builder());
            DeviceCodeInfo code = code();

            pauses.begun(FIVE);
            entra.devices().approve(code.userCode());
            time.advance(FIVE);

            value(token);
            assertThat(asked()).containsExactly(0L, 5L);
        }

        @Test
        void fiveSecondsLessOftenFromThenOnWhenToldToSlowDown() {
            entra.next(refuses("slow_down", 70016, "Slow down."), refuses("authorization_pending", 70016, "Pending."),
                    refuses("slow_down", 70016, "Slow down."));
            entra.devices().interval(Duration.ofSeconds(7));
            CompletableFuture<AccessToken> token = ask(builder());

            pauses.pass(Duration.ofSeconds(12));
            pauses.pass(Duration.ofSeconds(12));
            pauses.pass(Duration.ofSeconds(17));

            value(token);
            assertThat(asked()).containsExactly(0L, 12L, 24L, 41L);
        }

        @Test
        void lessOftenWhileTheServerIsDown() {
            entra.next(isDown(503), disconnects(), refuses("authorization_pending", 70016, "Pending."));
            entra.devices().hesitate();
            CompletableFuture<AccessToken> token = ask(builder());
            DeviceCodeInfo code = code();

            pauses.pass(Duration.ofSeconds(10));
            pauses.pass(Duration.ofSeconds(20));
            pauses.begun(FIVE);
            entra.devices().approve(code.userCode());
            time.advance(FIVE);

            value(token);
            assertThat(asked()).containsExactly(0L, 10L, 30L, 35L);
        }

        @Test
        void notBeforeTheServerWantsIt() {
            entra.next(throttles(Duration.ofMinutes(2)));
            CompletableFuture<AccessToken> token = ask(builder());

            time.advance(pauses.begun(Duration.ofMinutes(2), Duration.ofMinutes(3)));

            value(token);
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }

        @Test
        void forMinutes() {
            entra.devices().hesitate().interval(Duration.ofSeconds(60));
            CompletableFuture<AccessToken> token = ask(builder());
            DeviceCodeInfo code = code();

            for (int minute = 0; minute < 10; minute++) {
                pauses.pass(Duration.ofMinutes(1));
            }
            pauses.begun(Duration.ofMinutes(1));
            entra.devices().approve(code.userCode());
            time.advance(Duration.ofMinutes(1));

            value(token);
            assertThat(asked()).hasSize(12);
        }

        @Test
        void noLongerWhenNobodyWaits() {
            entra.devices().hesitate();
            Disposable waiting = open(builder()).getToken(REQUEST).subscribe();
            code();
            pauses.begun(FIVE);

            waiting.dispose();
            time.advance(Duration.ofMinutes(5));

            assertThat(entra.tokenRequests()).isEqualTo(1);
        }
    }

    @Nested
    class ThePerson {

        @Test
        void isShownWhatToDo() {
            entra.devices().hesitate();
            CompletableFuture<AccessToken> token = ask(builder());

            DeviceCodeInfo code = code();

            assertThat(token).isNotDone();
            assertThat(code.verificationUri()).isEqualTo(entra.authorityHost() + "/devicelogin");
            assertThat(code.expiresAt()).isEqualTo(start.plus(Duration.ofMinutes(15)));
            assertThat(code.message()).contains(code.userCode(), code.verificationUri());
            assertThat(code.toString()).doesNotContain(code.userCode());
        }

        @Test
        void isShownOneCodeByAllWhoAsk() {
            DeviceCodeCredential credential = open(builder());
            entra.devices().hesitate();
            List<CompletableFuture<AccessToken>> all = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                all.add(credential.getToken(REQUEST).toFuture());
            }
            DeviceCodeInfo code = code();
            pauses.begun(FIVE);

            entra.devices().approve(code.userCode());
            time.advance(FIVE);

            HashSet<String> tokens = new HashSet<>();
            all.forEach(each -> tokens.add(value(each).token()));
            assertThat(tokens).hasSize(1);
            assertThat(entra.devices().requests()).hasSize(1);
            assertThat(shown).isEmpty();
        }

        @Test
        void isShownItOnAThreadThatMayBlock() {
            List<String> threads = new CopyOnWriteArrayList<>();
            value(ask(builder().promptCallback(code -> {
                threads.add(Thread.currentThread().getName());
                return Mono.empty();
            })));

            assertThat(threads).singleElement().asString().startsWith("monocred-io");
        }

        @Test
        void isShownTheMessageOnTheStandardOutput() {
            PrintStream before = System.out;
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            try {
                DeviceCodeCredential credential = DeviceCodeCredential.builder().clientId(FakeEntra.CLIENT_ID)
                        .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null).build();
                opened.add(credential);
                assertThat(credential.getToken(REQUEST).block(Duration.ofSeconds(20))).isNotNull();
            } finally {
                System.setOut(before);
            }
            assertThat(printed.toString(StandardCharsets.UTF_8)).contains("To sign in, open " + entra.authorityHost());
        }

        @Test
        void whoCannotBeShownItFailsTheSignIn() {
            ClientAuthenticationException thrown = failure(ask(builder().promptCallback(code -> {
                throw new IllegalStateException(code.userCode());
            })));
            ClientAuthenticationException failed =
                    failure(ask(builder().promptCallback(code -> Mono.error(new IllegalStateException("no screen")))));

            assertThat(List.of(thrown, failed)).allSatisfy(error -> assertThat(error)
                    .hasMessageContainingAll("DeviceCodeCredential", "prompt callback", "IllegalStateException"));
            assertThat(entra.tokenRequests()).as("nobody was asked to sign in").isZero();
        }
    }

    @Nested
    class Fails {

        @ParameterizedTest
        @CsvSource({"authorization_declined, declined to sign in", "access_denied, declined to sign in",
            "expired_token, expired before anybody", "code_expired, expired before anybody",
            "bad_verification_code, does not know the code"})
        void withASentenceOfItsOwnForEachEnd(String error, String sentence) {
            entra.next(refuses("authorization_pending", 70016, "Pending."), refuses(error, 70018, "Entra's own words."));
            CompletableFuture<AccessToken> token = ask(builder());
            pauses.pass(FIVE);

            ClientAuthenticationException failure = failure(token);

            assertThat(failure).hasMessageStartingWith("DeviceCodeCredential: ").hasMessageContainingAll(sentence, error,
                    "Ask for a token again", "Correlation id");
            assertThat(Objects.requireNonNull(failure.entraError()).error()).isEqualTo(error);
            assertThat(failure.isTransient()).isFalse();
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }

        @Test
        void whenThePersonDeclines() {
            entra.devices().hesitate();
            CompletableFuture<AccessToken> token = ask(builder());
            DeviceCodeInfo code = code();
            pauses.begun(FIVE);

            entra.devices().decline(code.userCode());
            time.advance(FIVE);

            assertThat(failure(token)).hasMessageContaining("declined");
        }

        @Test
        void whenNobodySignsInWithinTheTimeout() {
            entra.devices().hesitate();
            CompletableFuture<AccessToken> token = ask(builder().timeout(Duration.ofSeconds(12)));
            pauses.pass(FIVE);
            pauses.pass(FIVE);
            pauses.begun(FIVE);

            time.advance(Duration.ofSeconds(2));

            assertThat(failure(token)).hasMessageContainingAll("nobody signed in", "12 s", "/devicelogin");
            time.advance(Duration.ofMinutes(1));
            assertThat(entra.tokenRequests()).isEqualTo(3);
        }

        @Test
        void whenTheCodeEndsHoweverLongTheTimeout() {
            entra.devices().hesitate().lifetime(Duration.ofSeconds(7));
            CompletableFuture<AccessToken> token = ask(builder().timeout(Duration.ofHours(1)));
            pauses.pass(FIVE);
            pauses.begun(FIVE);

            time.advance(Duration.ofSeconds(2));

            assertThat(failure(token)).hasMessageContainingAll("nobody signed in", "7 s");
        }

        @Test
        void whenTheApplicationIsUnknown() {
            ClientAuthenticationException failure = failure(ask(builder().clientId("another")));

            assertThat(failure).hasMessageContainingAll("DeviceCodeCredential", "unauthorized_client", "AADSTS700016", "another");
            assertThat(shown).isEmpty();
        }

        @Test
        void withWhatTheTokenEndpointSaysOtherwise() {
            entra.next(refuses("invalid_client", 7000218, "The application is not public."));

            assertThat(failure(ask(builder()))).hasMessageContainingAll("invalid_client", "public client flows");
        }

        @Test
        void andShowsANewCodeNextTime() {
            DeviceCodeCredential credential = open(builder());
            entra.next(refuses("expired_token", 70020, "Expired."));
            failure(credential.getToken(REQUEST).toFuture());

            value(credential.getToken(REQUEST).toFuture());

            assertThat(entra.devices().requests()).hasSize(2);
        }
    }

    @Test
    void refusesATimeoutThatIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().timeout(Duration.ZERO)).withMessageContaining("PT0S");
    }

    @Test
    void signsInWhenToldToAndThenGetsTokensByItself() {
        DeviceCodeCredential credential = open(builder().disableAutomaticAuthentication(true));
        assertThat(failure(credential.getToken(REQUEST).toFuture())).isInstanceOf(AuthenticationRequiredException.class);
        assertThat(entra.devices().requests()).isEmpty();

        AuthenticationRecord record = value(credential.authenticate(REQUEST).toFuture());
        value(credential.getToken(TokenRequestContext.of("https://storage.azure.com/.default")).toFuture());

        assertThat(record.username()).isEqualTo(FakeEntra.USERNAME);
        assertThat(record.tenantId()).isEqualTo(FakeEntra.TENANT_ID);
        assertThat(entra.requests().get(1).field("grant_type")).isEqualTo("refresh_token");
        assertThat(entra.devices().requests()).hasSize(1);
    }
}
