package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Timeout(20)
class BlockingTokenCredentialTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final AccessToken TOKEN = AccessToken.of("invented", Instant.parse("2030-01-01T00:00:00Z"));

    private final Sinks.One<AccessToken> answer = Sinks.one();
    private final AtomicBoolean left = new AtomicBoolean();
    private final BlockingTokenCredential waiting =
            BlockingTokenCredential.of(request -> answer.asMono().doOnCancel(() -> left.set(true)));
    private final BlockingTokenCredential ready = BlockingTokenCredential.of(request -> Mono.just(TOKEN));

    @Test
    void waitsForTheTokenOnAPlatformThread() throws Exception {
        Future<AccessToken> token = onAThread(() -> waiting.getToken(REQUEST));
        answer.tryEmitValue(TOKEN).orThrow();
        assertThat(token.get()).isEqualTo(TOKEN);
    }

    @Test
    void givesBareTokensToProviders() {
        assertThat(ready.getBearerTokenProvider("https://vault.azure.net/.default").get()).isEqualTo("invented");
    }

    @Test
    void refusesAThreadThatMustNotBlockEvenIfTheTokenIsThere() {
        StepVerifier.create(Mono.fromCallable(() -> ready.getToken(REQUEST)).subscribeOn(Schedulers.parallel()))
                .expectErrorSatisfies(error -> assertThat(error).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("parallel-").hasMessageContaining("boundedElastic"))
                .verify();
    }

    @Test
    void leavesWhenTheTimeIsUpAndSaysSo() {
        assertThatExceptionOfType(ClientAuthenticationException.class)
                .isThrownBy(() -> waiting.getToken(REQUEST, Duration.ofMillis(1)))
                .withMessageContaining("PT0.001S").matches(ClientAuthenticationException::isTransient);
        assertThat(left).isTrue();
    }

    @Test
    void keepsTheFlagOfAThreadThatIsInterrupted() throws Exception {
        boolean stillInterrupted = onAThread(() -> {
            Thread.currentThread().interrupt();
            assertThat(ready.getToken(REQUEST)).as("a token that is there needs no waiting").isEqualTo(TOKEN);
            assertThatExceptionOfType(ClientAuthenticationException.class).isThrownBy(() -> waiting.getToken(REQUEST))
                    .withCauseInstanceOf(InterruptedException.class);
            return Thread.currentThread().isInterrupted();
        }).get();
        assertThat(stillInterrupted).isTrue();
        assertThat(left).isTrue();
    }

    @Test
    void showsWhereTheCallerStood() {
        BlockingTokenCredential failing =
                BlockingTokenCredential.of(request -> Mono.error(new ClientAuthenticationException("refused")));
        assertThatExceptionOfType(ClientAuthenticationException.class).isThrownBy(() -> failing.getToken(REQUEST))
                .withMessage("refused")
                .satisfies(error -> assertThat(error.getSuppressed()[0].getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().contains("showsWhereTheCallerStood")));
    }

    @Test
    void doesNotWaitForeverForACredentialThatGivesNothing() {
        assertThatExceptionOfType(ClientAuthenticationException.class)
                .isThrownBy(() -> BlockingTokenCredential.of(request -> Mono.empty()).getToken(REQUEST));
    }

    @Test
    void servesManyThreadsWhileAllOfBoundedElasticIsBlocked() throws Exception {
        int threads = Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE * 2;
        CountDownLatch waitingThreads = new CountDownLatch(Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE);
        List<Mono<AccessToken>> calls = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            calls.add(Mono.fromCallable(() -> {
                waitingThreads.countDown();
                return waiting.getToken(REQUEST);
            }).subscribeOn(Schedulers.boundedElastic()));
        }
        Mono<List<AccessToken>> all = Mono.zip(calls, tokens -> List.of(tokens).stream().map(AccessToken.class::cast).toList());
        StepVerifier.create(all).then(() -> {
            await(waitingThreads);
            answer.tryEmitValue(TOKEN).orThrow();
        }).assertNext(tokens -> assertThat(tokens).hasSize(threads)).verifyComplete();
    }

    @Test
    void closesTheCredential() {
        AtomicBoolean closed = new AtomicBoolean();
        BlockingTokenCredential.of(new TokenCredential() {
            @Override
            public Mono<AccessToken> getToken(TokenRequestContext request) {
                return Mono.just(TOKEN);
            }

            @Override
            public Mono<Void> close() {
                return Mono.fromRunnable(() -> closed.set(true));
            }
        }).close();
        assertThat(closed).isTrue();
    }

    @Test
    void refusesToWaitForACloseOnAThreadThatMustNotBlock() {
        StepVerifier.create(Mono.fromRunnable(ready::close).subscribeOn(Schedulers.parallel()))
                .expectError(IllegalStateException.class).verify();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static <T> Future<T> onAThread(java.util.concurrent.Callable<T> call) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            return thread.submit(call);
        } finally {
            thread.shutdown();
        }
    }
}
