package dev.monocred.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.internal.http.HttpFailure.Kind;
import dev.monocred.internal.http.RetryRule.Verdict;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RetriesTest {

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    /** Draws the smallest value: no pause of our own. */
    private final Retries retries = new Retries(RetryRule.DEFAULTS, time, time.scheduler(), () -> 0);
    private final AtomicInteger attempts = new AtomicInteger();

    private static HttpFailure failure(Kind kind, boolean sent, boolean stale) {
        return new HttpFailure(kind, "it failed", sent, stale, null);
    }

    private Mono<String> failing(HttpFailure failure) {
        return Mono.defer(() -> {
            attempts.incrementAndGet();
            return Mono.error(failure);
        });
    }

    private Mono<String> answering(String... answers) {
        return Mono.fromSupplier(() -> answers[Math.min(attempts.getAndIncrement(), answers.length - 1)]);
    }

    private static Verdict judge(String answer) {
        return answer.equals("ok") ? Verdict.SUCCESS
                : Verdict.retry(answer.equals("busy") ? null : Duration.ofSeconds(Long.parseLong(answer)));
    }

    private void attemptsOf(Mono<String> attempt, boolean isRepeatable, int expected) {
        attempts.set(0);
        StepVerifier.create(retries.run(attempt, RetriesTest::judge, isRepeatable)
                        .doOnSubscribe(subscription -> time.scheduler().schedule(() -> {})))
                .then(() -> time.advance(Duration.ofSeconds(1)))
                .expectError(HttpFailure.class).verify(Duration.ofSeconds(5));
        assertThat(attempts).hasValue(expected);
    }

    @Test
    void nothingHappensBeforeSubscription() {
        Mono<String> run = retries.run(answering("ok"), RetriesTest::judge, true);

        assertThat(attempts).hasValue(0);
        StepVerifier.create(run).expectNext("ok").verifyComplete();
    }

    @Test
    void retryableFailuresMakeThreeAttempts() {
        attemptsOf(failing(failure(Kind.REFUSED, false, false)), true, 3);
    }

    @Test
    void otherFailuresMakeOne() {
        attemptsOf(failing(failure(Kind.TLS_UNTRUSTED, false, false)), true, 1);
        attemptsOf(failing(failure(Kind.MALFORMED, true, false)), true, 1);
        attemptsOf(failing(failure(Kind.TOO_LARGE, true, false)), true, 1);
        attemptsOf(failing(failure(Kind.PROXY_AUTHENTICATION, false, false)), true, 1);
    }

    @Test
    void whatIsGoodForOneUseIsRepeatedOnlyIfItWasNotSent() {
        attemptsOf(failing(failure(Kind.REFUSED, false, false)), false, 3);
        attemptsOf(failing(failure(Kind.DISCONNECTED, true, false)), false, 1);
        attemptsOf(failing(failure(Kind.DISCONNECTED, true, true)), false, 1);
    }

    @Test
    void fault11AStaleConnectionIsExcusedOnce() {
        attemptsOf(failing(failure(Kind.DISCONNECTED, true, true)), true, 4);
    }

    @Test
    void theLastAnswerIsGivenWhateverItIs() {
        StepVerifier.create(retries.run(answering("busy"), RetriesTest::judge, true))
                .then(() -> time.advance(Duration.ofSeconds(1)))
                .expectNext("busy").verifyComplete();
        assertThat(attempts).hasValue(3);
    }

    @Test
    void aServersWishIsWaitedFor() {
        StepVerifier.create(retries.run(answering("7", "ok"), RetriesTest::judge, true))
                .then(() -> time.advance(Duration.ofMillis(6999)))
                .then(() -> assertThat(attempts).hasValue(1))
                .then(() -> time.advance(Duration.ofMillis(1)))
                .expectNext("ok").verifyComplete();
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aLongerWishEndsIt() {
        StepVerifier.create(retries.run(answering("60", "ok"), RetriesTest::judge, true)).expectNext("60").verifyComplete();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void leavingDuringThePauseEndsIt() {
        Disposable run = retries.run(answering("7", "ok"), RetriesTest::judge, true).subscribe();

        run.dispose();
        time.advance(Duration.ofMinutes(1));

        assertThat(attempts).hasValue(1);
    }

    @Test
    void anEmptyBudgetAllowsNoRetry() {
        for (int i = 0; i < 5; i++) {
            attemptsOf(failing(failure(Kind.REFUSED, false, false)), true, 3);
        }
        attemptsOf(failing(failure(Kind.REFUSED, false, false)), true, 1);
    }
}
