package dev.monocred.internal.managedidentity;

import dev.monocred.core.TimeSource;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.managedidentity.HostRetryRule.Tried;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The one layer that tries a host again. Holds nothing about a request; cancelling ends the attempt under way, or the pause.
 *
 * @param time counts the deadline
 * @param timer runs what follows a pause
 * @param random draws the pauses; used by several threads
 */
record HostRetries(TimeSource time, Scheduler timer, RandomGenerator random) {

    /** Makes attempts until one is final: the last answer, whatever it is, or the last failure. */
    Mono<TokenAnswer> run(ManagedIdentitySource host, Mono<TokenAnswer> attempt) {
        return Mono.defer(() -> new Run(host, attempt, time.nanos()).attempt(0, 0, true));
    }

    /** What came of an attempt: exactly one of both. */
    private record Outcome(@Nullable TokenAnswer answer, @Nullable HttpFailure failure) {

        Mono<TokenAnswer> emit() {
            return failure != null ? Mono.error(failure) : Mono.justOrEmpty(answer);
        }
    }

    private final class Run {

        private final ManagedIdentitySource host;
        private final Mono<Outcome> outcome;
        private final long start;

        Run(ManagedIdentitySource host, Mono<TokenAnswer> attempt, long start) {
            this.host = host;
            this.outcome = attempt.map(answer -> new Outcome(answer, null))
                    .onErrorResume(HttpFailure.class, failure -> Mono.just(new Outcome(null, failure)));
            this.start = start;
        }

        Mono<TokenAnswer> attempt(int usual, int gone, boolean mayBeStale) {
            return outcome.flatMap(came -> next(came, usual, gone, mayBeStale));
        }

        private Mono<TokenAnswer> next(Outcome came, int usual, int gone, boolean mayBeStale) {
            HttpFailure failure = came.failure;
            if (failure != null && failure.isStaleConnection() && mayBeStale) {
                return attempt(usual, gone, false); // fault 11: the host closed it while it was idle
            }
            Refused refused = came.answer instanceof Refused said ? said : null;
            if (!mayPass(failure, refused)) {
                return came.emit();
            }
            boolean isGone = refused != null && refused.error().httpStatus() == HostRetryRule.GONE;
            Duration pause = host.rule().pause(isGone, new Tried(usual, gone, Duration.ofNanos(time.nanos() - start)),
                    refused == null ? null : refused.retryAfter(), random.nextDouble());
            return pause == null ? came.emit() : Mono.delay(pause, timer)
                    .then(Mono.defer(() -> attempt(isGone ? usual : usual + 1, isGone ? gone + 1 : gone, mayBeStale)));
        }

        private boolean mayPass(@Nullable HttpFailure failure, @Nullable Refused refused) {
            return failure != null ? failure.isRetryable() && host.isKnownToExist()
                    : refused != null && host.rule().isRetryable(refused.error().httpStatus());
        }
    }
}
