package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What every credential promises, as tests: implement this interface in a JUnit test class and hand out a fresh
 * {@link Subject} for each test. Needs JUnit Jupiter 6 and AssertJ, which this artifact does not bring.
 *
 * <pre>{@code
 * class ClientSecretCredentialContractTest implements TokenCredentialContract {
 *     @Override
 *     public Subject newSubject() {
 *         return new Subject() {
 *             final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
 *             final FakeEntra entra = FakeEntra.start(time);
 *             final ClientSecretCredential.Builder builder = ClientSecretCredential.builder()
 *                     .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
 *                     .authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
 *                     .timeSource(time).scheduler(time.scheduler());
 *             final TokenCredential credential = builder.build();
 *
 *             public TokenCredential credential() { return credential; }
 *             public ManualTime time() { return time; }
 *             public int upstreamRequests() { return entra.tokenRequests(); }
 *             public void holdAnswers() { entra.holds(); }
 *             public void releaseAnswers() { entra.releases(); }
 *             public void refuseNext() { entra.next(refuses("invalid_client", 7000215, "Invalid client secret.")); }
 *             public List<String> secrets() { return List.of(FakeEntra.CLIENT_SECRET); }
 *             public List<Object> printables() { return List.of(builder); }
 *             public void close() {
 *                 credential.close().block();
 *                 entra.close();
 *             }
 *         };
 *     }
 * }
 * }</pre>
 *
 * <p>No test decides by time: answers are held back and released, clocks are moved by hand. Run the same class once more
 * under BlockHound (see {@link BlockHoundSetup}) to know that nothing blocks.
 */
// "exports": JUnit is optional, so it is not required transitively.
@SuppressWarnings("exports")
public interface TokenCredentialContract {

    /**
     * Makes what one test looks at. Each test closes its subject.
     *
     * @return a credential that was never used, and its surroundings
     */
    Subject newSubject();

    /** A credential and the service it gets its tokens from: a token endpoint, a metadata host, a program. */
    interface Subject extends AutoCloseable {

        /**
         * The credential under test, which reads {@link #time()} and never the machine's clocks.
         *
         * @return always the same object
         */
        TokenCredential credential();

        /**
         * The time of the credential and of the service.
         *
         * @return always the same object
         */
        ManualTime time();

        /**
         * How many token requests the service has seen: posts, processes, whatever costs.
         *
         * @return the number since the start
         */
        int upstreamRequests();

        /** Makes the service hold its answers back: requests still arrive and count. */
        void holdAnswers();

        /** Gives the answers that are held back, and holds none any longer. */
        void releaseAnswers();

        /** Makes the service refuse its next request, in a way that is not worth a second try. */
        void refuseNext();

        /**
         * What must never be printed: secrets, assertions, codes. The tokens themselves need not be named.
         *
         * @return the texts, possibly none
         */
        default List<String> secrets() {
            return List.of();
        }

        /**
         * What else must keep the secrets when it is printed, for example the credential's builder.
         *
         * @return the objects, possibly none
         */
        default List<Object> printables() {
            return List.of();
        }

        /**
         * A request that the service answers with a token, each time with another one.
         *
         * @return always an equal request
         */
        default TokenRequestContext request() {
            return TokenRequestContext.of("https://vault.azure.net/.default");
        }

        /**
         * Another such request, for another resource.
         *
         * @return always an equal request
         */
        default TokenRequestContext otherRequest() {
            return TokenRequestContext.of("https://storage.azure.com/.default");
        }

        /**
         * How long a test waits for what should come at once. It only passes when something is broken.
         *
         * @return 20 s unless overridden
         */
        default Duration patience() {
            return Duration.ofSeconds(20);
        }

        /** Closes the credential and ends the service. */
        @Override
        void close();
    }

    /** Assembling sends nothing; each later step starts from here. */
    @Test
    default void assemblingSendsNothing() {
        try (Subject subject = newSubject()) {
            List<Mono<String>> assembled = IntStream.range(0, 100)
                    .mapToObj(i -> subject.credential().getToken(subject.otherRequest()).map(AccessToken::token).single())
                    .toList();

            value(subject, start(subject, subject.request()));

            assertThat(assembled).hasSize(100);
            assertThat(subject.upstreamRequests()).as("requests of the one subscription").isEqualTo(1);
        }
    }

    /** A request ends with one token. */
    @Test
    default void emitsExactlyOneToken() {
        try (Subject subject = newSubject()) {
            List<AccessToken> emitted = value(subject,
                    subject.credential().getToken(subject.request()).flux().collectList().toFuture());

            assertThat(emitted).hasSize(1);
            assertThat(emitted.get(0).token()).isNotBlank();
            assertThat(emitted.get(0).expiresAt()).isAfter(subject.time().now());
        }
    }

    /** Or it ends with an error of the promised type. */
    @Test
    default void failsWithAClientAuthenticationException() {
        try (Subject subject = newSubject()) {
            subject.refuseNext();

            Throwable failure = failure(subject, start(subject, subject.request()));

            assertThat(failure).isInstanceOf(ClientAuthenticationException.class);
            assertThat(failure.getMessage()).isNotBlank();
        }
    }

    /** Requests that are equal and under way at the same time are one request. */
    @Test
    default void aThousandConcurrentEqualRequestsAreOne() {
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            List<CompletableFuture<AccessToken>> waiting = startFromFourThreads(subject, 250);
            awaitUpstream(subject, 1);

            subject.releaseAnswers();

            assertThat(waiting).hasSize(1000);
            AccessToken first = value(subject, waiting.get(0));
            assertThat(waiting).allSatisfy(each -> assertThat(value(subject, each).token()).isEqualTo(first.token()));
            assertThat(subject.upstreamRequests()).isEqualTo(1);
        }
    }

    /** A request under way makes no other wait. */
    @Test
    default void differentScopesDoNotWaitForEachOther() {
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            CompletableFuture<AccessToken> one = start(subject, subject.request());
            awaitUpstream(subject, 1);
            CompletableFuture<AccessToken> other = start(subject, subject.otherRequest());
            awaitUpstream(subject, 2);

            subject.releaseAnswers();

            assertThat(value(subject, one).token()).isNotEqualTo(value(subject, other).token());
        }
    }

    /** Whoever leaves, the first included, disturbs nobody. */
    @Test
    default void aWaiterThatCancelsDisturbsNobody() {
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            CompletableFuture<AccessToken> first = start(subject, subject.request());
            CompletableFuture<AccessToken> second = start(subject, subject.request());
            CompletableFuture<AccessToken> third = start(subject, subject.request());
            awaitUpstream(subject, 1);

            first.cancel(true);
            third.cancel(true);
            subject.releaseAnswers();

            assertThat(value(subject, second).token()).isNotBlank();
            assertThat(subject.upstreamRequests()).isEqualTo(1);
        }
    }

    /** A request that everybody left still ends with a token for the next one. */
    @Test
    default void aRequestThatEverybodyLeftIsStillCached() {
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            List<CompletableFuture<AccessToken>> waiting = List.of(
                    start(subject, subject.request()), start(subject, subject.request()));
            awaitUpstream(subject, 1);

            waiting.forEach(each -> each.cancel(true));
            subject.releaseAnswers();

            assertThat(value(subject, start(subject, subject.request())).token()).isNotBlank();
            assertThat(subject.upstreamRequests()).isEqualTo(1);
        }
    }

    /** A malformed request is refused through the {@code Mono}, and nothing is sent. */
    @Test
    default void scopesThatAreMissingOrBlankAreRefused() {
        try (Subject subject = newSubject()) {
            for (TokenRequestContext malformed : List.of(TokenRequestContext.of(), TokenRequestContext.of(" "),
                    TokenRequestContext.of(subject.request().scopes().get(0), ""))) {
                AtomicReference<Mono<AccessToken>> assembled = new AtomicReference<>();
                assertThatCode(() -> assembled.set(subject.credential().getToken(malformed)))
                        .as("assembling with " + malformed.scopes()).doesNotThrowAnyException();

                assertThat(failure(subject, assembled.get().toFuture())).as("scopes " + malformed.scopes())
                        .isInstanceOf(IllegalArgumentException.class);
            }
            value(subject, start(subject, subject.request()));
            assertThat(subject.upstreamRequests()).as("requests of the one that is well-formed").isEqualTo(1);
        }
    }

    /** Nothing that can be printed shows a secret or a token. */
    @Test
    default void nothingSecretIsPrinted() {
        try (Subject subject = newSubject()) {
            AccessToken token = value(subject, start(subject, subject.request()));
            subject.refuseNext();
            Throwable failure = failure(subject, start(subject, subject.otherRequest()));

            List<String> secrets = new ArrayList<>(subject.secrets());
            secrets.add(token.token());
            assertThat(subject.credential().toString()).doesNotContain(secrets);
            assertThat(token.toString()).doesNotContain(secrets);
            assertThat(stackTrace(failure)).doesNotContain(secrets);
            if (failure instanceof ClientAuthenticationException refused) {
                assertThat(refused.details().toString()).doesNotContain(secrets);
            }
            assertThat(subject.printables()).allSatisfy(each -> assertThat(each.toString()).doesNotContain(secrets));
        }
    }

    /** Those who wait for the same failure get an exception each (F-8). */
    @Test
    default void everyWaiterGetsItsOwnException() {
        try (Subject subject = newSubject()) {
            subject.refuseNext();
            subject.holdAnswers();
            CompletableFuture<AccessToken> one = start(subject, subject.request());
            CompletableFuture<AccessToken> other = start(subject, subject.request());
            awaitUpstream(subject, 1);

            subject.releaseAnswers();

            assertThat(failure(subject, one)).isNotSameAs(failure(subject, other));
        }
    }

    /** After a failure the service is asked again, when some time has passed. */
    @Test
    default void aFailureIsNotCachedForEver() {
        try (Subject subject = newSubject()) {
            subject.refuseNext();
            failure(subject, start(subject, subject.request()));

            subject.time().advance(Duration.ofMinutes(10));

            assertThat(value(subject, start(subject, subject.request())).token()).isNotBlank();
            assertThat(subject.upstreamRequests()).isEqualTo(2);
        }
    }

    /** A token that is known is emitted on the subscribing thread, and nothing is sent. */
    @Test
    default void aKnownTokenIsEmittedOnTheSubscribingThread() {
        try (Subject subject = newSubject()) {
            AccessToken known = value(subject, start(subject, subject.request()));
            AtomicReference<Thread> emittedOn = new AtomicReference<>();

            CompletableFuture<AccessToken> hit = subject.credential().getToken(subject.request())
                    .doOnNext(token -> emittedOn.set(Thread.currentThread())).toFuture();

            assertThat(hit).as("a hit is there when subscribe returns").isCompleted();
            assertThat(value(subject, hit).token()).isEqualTo(known.token());
            assertThat(emittedOn).hasValue(Thread.currentThread());
            assertThat(subject.upstreamRequests()).isEqualTo(1);
        }
    }

    /** A stored {@code Mono} yields the known token while it lives and a new one after its end. */
    @Test
    default void aStoredMonoYieldsAFreshTokenAfterExpiry() {
        try (Subject subject = newSubject()) {
            Mono<AccessToken> stored = subject.credential().getToken(subject.request()).single();
            AccessToken first = value(subject, stored.toFuture());
            assertThat(value(subject, stored.toFuture()).token()).isEqualTo(first.token());

            subject.time().advance(Duration.between(subject.time().now(), first.expiresAt()).plusSeconds(1));

            AccessToken second = value(subject, stored.toFuture());
            assertThat(second.token()).isNotEqualTo(first.token());
            assertThat(second.expiresAt()).isAfter(subject.time().now());
            assertThat(subject.upstreamRequests()).isEqualTo(2);
        }
    }

    /** A {@code parallel} thread that subscribes is free for other work while the request is under way. */
    @Test
    default void subscribingOnAParallelThreadDoesNotBlockIt() {
        Scheduler oneThread = Schedulers.newParallel("contract", 1);
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            CompletableFuture<AccessToken> waiting =
                    subject.credential().getToken(subject.request()).subscribeOn(oneThread).toFuture();
            awaitUpstream(subject, 1);

            CompletableFuture<String> otherWork = Mono.just("done").subscribeOn(oneThread).toFuture();

            assertThat(value(subject, otherWork)).as("work on the same thread, answers held").isEqualTo("done");
            subject.releaseAnswers();
            AccessToken token = value(subject, waiting);
            assertThat(value(subject, subject.credential().getToken(subject.request()).subscribeOn(oneThread).toFuture())
                    .token()).as("known token").isEqualTo(token.token());
        } finally {
            oneThread.dispose();
        }
    }

    /** Closing acts on subscription, and as often as one likes. */
    @Test
    default void closeIsLazyAndIdempotent() {
        try (Subject subject = newSubject()) {
            Mono<Void> close = subject.credential().close();
            assertThat(value(subject, start(subject, subject.request())).token()).as("assembled, not closed").isNotBlank();

            complete(subject, close);
            complete(subject, close);
            complete(subject, subject.credential().close());
        }
    }

    /** A closed credential fails, known token or not, and sends nothing. */
    @Test
    default void getTokenAfterCloseFailsThroughTheMono() {
        try (Subject subject = newSubject()) {
            Mono<AccessToken> stored = subject.credential().getToken(subject.request());
            value(subject, stored.toFuture());
            complete(subject, subject.credential().close());

            assertThat(failure(subject, stored.toFuture())).as("known token").isInstanceOf(IllegalStateException.class);
            assertThat(failure(subject, start(subject, subject.otherRequest()))).as("unknown token")
                    .isInstanceOf(IllegalStateException.class);
            assertThat(subject.upstreamRequests()).isEqualTo(1);
        }
    }

    /** Those who wait when the credential is closed get an error at once and never hang. */
    @Test
    default void waitersAtCloseGetAnError() {
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            CompletableFuture<AccessToken> one = start(subject, subject.request());
            CompletableFuture<AccessToken> other = start(subject, subject.request());
            awaitUpstream(subject, 1);

            complete(subject, subject.credential().close());

            assertThat(failure(subject, one)).isInstanceOf(IllegalStateException.class)
                    .isNotSameAs(failure(subject, other));
            subject.releaseAnswers();
        }
    }

    private static CompletableFuture<AccessToken> start(Subject subject, TokenRequestContext request) {
        return subject.credential().getToken(request).toFuture();
    }

    private static List<CompletableFuture<AccessToken>> startFromFourThreads(Subject subject, int each) {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CyclicBarrier together = new CyclicBarrier(4);
            List<Future<List<CompletableFuture<AccessToken>>>> parts = IntStream.range(0, 4).mapToObj(i -> threads.submit(() -> {
                together.await();
                return IntStream.range(0, each).mapToObj(n -> start(subject, subject.request())).toList();
            })).toList();
            return parts.stream().flatMap(part -> value(subject, part).stream()).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Waits for a count that must come; what decides is the count. */
    private static void awaitUpstream(Subject subject, int count) {
        long start = System.nanoTime();
        while (subject.upstreamRequests() < count) {
            assertThat(System.nanoTime() - start).as("waited for upstream request " + count)
                    .isLessThan(subject.patience().toNanos());
            Thread.onSpinWait();
        }
    }

    private static <T> T value(Subject subject, Future<T> future) {
        try {
            T value = future.get(subject.patience().toMillis(), TimeUnit.MILLISECONDS);
            assertThat(value).as("a Mono that is not empty").isNotNull();
            return value;
        } catch (ExecutionException failed) {
            throw new AssertionError("expected a token, got an error", failed.getCause());
        } catch (TimeoutException hangs) {
            throw new AssertionError("expected a token, got nothing", hangs);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static Throwable failure(Subject subject, Future<AccessToken> future) {
        try {
            AccessToken value = future.get(subject.patience().toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("expected an error, got " + (value == null ? "an empty Mono" : value));
        } catch (ExecutionException failed) {
            return failed.getCause() == null ? failed : failed.getCause();
        } catch (TimeoutException hangs) {
            throw new AssertionError("expected an error, got nothing", hangs);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static void complete(Subject subject, Mono<Void> close) {
        assertThat(value(subject, close.thenReturn("complete").toFuture())).isEqualTo("complete");
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
