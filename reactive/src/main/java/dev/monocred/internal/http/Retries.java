package dev.monocred.internal.http;

import dev.monocred.core.TimeSource;
import dev.monocred.internal.http.RetryRule.Verdict;
import java.time.Duration;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The one place where an attempt is made again: {@link RetryRule} decides, {@link RetryBudget} allows. Holds nothing about a
 * request. Cancelling ends the attempt under way, or the pause.
 */
public final class Retries {

    private final RetryRule rule;
    private final RetryBudget budget;
    private final TimeSource time;
    private final Scheduler timer;
    private final RandomGenerator random;

    /**
     * Makes the layer for one authority.
     *
     * @param rule what is tried again, and when
     * @param time counts the deadline and fills the budget
     * @param timer runs what follows a pause
     * @param random draws the pauses; used by several threads
     */
    public Retries(RetryRule rule, TimeSource time, Scheduler timer, RandomGenerator random) {
        this.rule = rule;
        this.budget = new RetryBudget(time.nanos());
        this.time = time;
        this.timer = timer;
        this.random = random;
    }

    /**
     * Makes attempts until one is final.
     *
     * @param attempt subscribed once for each attempt, so that each can be proved anew
     * @param judge what an answer means for another attempt
     * @param isRepeatable whether a request may be sent again that the peer may have seen (N-9, N-11)
     * @return the last answer, whatever it is, or the last failure
     */
    public <T> Mono<T> run(Mono<T> attempt, Function<? super T, Verdict> judge, boolean isRepeatable) {
        return Mono.defer(() -> new Run<T>(attempt, judge, isRepeatable, time.nanos()).attempt(0, true));
    }

    /** What came of an attempt: exactly one of both. */
    private record Outcome<T>(@Nullable T answer, @Nullable HttpFailure failure) {

        Mono<T> emit() {
            return failure != null ? Mono.error(failure) : Mono.justOrEmpty(answer);
        }
    }

    private final class Run<T> {

        private final Mono<Outcome<T>> outcome;
        private final Function<? super T, Verdict> judge;
        private final boolean isRepeatable;
        private final long start;

        Run(Mono<T> attempt, Function<? super T, Verdict> judge, boolean isRepeatable, long start) {
            this.outcome = attempt.map(answer -> new Outcome<>(answer, null))
                    .onErrorResume(HttpFailure.class, failure -> Mono.just(new Outcome<>(null, failure)));
            this.judge = judge;
            this.isRepeatable = isRepeatable;
            this.start = start;
        }

        /**
         * Makes one more attempt.
         *
         * @param made how many count already
         * @param mayBeStale whether a stale connection is still excused: one is (fault 11)
         */
        Mono<T> attempt(int made, boolean mayBeStale) {
            return outcome.flatMap(came -> next(came, made, mayBeStale));
        }

        private Mono<T> next(Outcome<T> came, int made, boolean mayBeStale) {
            HttpFailure failure = came.failure();
            if (failure != null && failure.isStaleConnection() && mayBeStale && isRepeatable) {
                return attempt(made, false);
            }
            Duration pause = pause(came, made + 1);
            return pause == null ? came.emit() : Mono.delay(pause, timer).then(attempt(made + 1, mayBeStale));
        }

        private @Nullable Duration pause(Outcome<T> came, int made) {
            Verdict verdict = verdict(came);
            long now = time.nanos();
            if (verdict.isSuccess()) {
                budget.earn(now);
            }
            Duration pause = isRepeatable || !wasSent(came)
                    ? rule.pause(verdict, made, Duration.ofNanos(now - start), random.nextDouble()) : null;
            return pause != null && budget.spend(verdict.cost(), now) ? pause : null;
        }

        private Verdict verdict(Outcome<T> came) {
            HttpFailure failure = came.failure();
            T answer = came.answer();
            return failure != null ? Verdict.of(failure) : answer == null ? Verdict.FINAL : judge.apply(answer);
        }

        private boolean wasSent(Outcome<T> came) {
            HttpFailure failure = came.failure();
            return failure == null || failure.isRequestSent();
        }
    }
}
