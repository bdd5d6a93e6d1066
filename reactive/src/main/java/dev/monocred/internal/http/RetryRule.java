package dev.monocred.internal.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which attempts are made again, and when (N-7 to N-9): a pure function.
 *
 * @param attempts how many are made at most
 * @param firstPause the longest pause before the second attempt; doubles with each further one
 * @param longestPause no pause is longer
 * @param longestWait how long a server's own wish is waited for
 * @param attempt how long one attempt may take: with less time than that left, none is begun
 * @param deadline how long all attempts may take
 */
public record RetryRule(int attempts, Duration firstPause, Duration longestPause, Duration longestWait, Duration attempt,
        Duration deadline) {

    /** For a token endpoint. */
    public static final RetryRule DEFAULTS = new RetryRule(3, Duration.ofMillis(400), Duration.ofSeconds(5),
            Duration.ofSeconds(10), HttpLimits.DEFAULTS.total(), Duration.ofSeconds(30));

    /** The same rule with other times for an attempt and all of them. */
    public RetryRule withTimes(Duration attempt, Duration deadline) {
        return new RetryRule(attempts, firstPause, longestPause, longestWait, attempt, deadline);
    }

    /** The same rule with another number of attempts. */
    public RetryRule withAttempts(int attempts) {
        return new RetryRule(attempts, firstPause, longestPause, longestWait, attempt, deadline);
    }

    /**
     * What an attempt came to.
     *
     * @param isRetryable whether another attempt may succeed at once
     * @param cost what another attempt costs the budget
     * @param retryAfter how long the server wants to be left alone, or {@code null} if it does not say
     */
    public record Verdict(boolean isRetryable, double cost, @Nullable Duration retryAfter) {

        /** There is nothing to try again: it succeeded. */
        public static final Verdict SUCCESS = new Verdict(false, 0, null);
        /** Another attempt would end the same. */
        public static final Verdict FINAL = new Verdict(false, 1, null);

        /** Another attempt may succeed. */
        public static Verdict retry(@Nullable Duration retryAfter) {
            return new Verdict(true, 1, retryAfter);
        }

        static Verdict of(HttpFailure failure) {
            return new Verdict(failure.isRetryable(), failure.isTimeout() ? 2 : 1, null);
        }

        boolean isSuccess() {
            return cost == 0;
        }
    }

    /**
     * How long to pause before the next attempt.
     *
     * @param verdict what the last one came to
     * @param made how many have been made
     * @param spent how long they took
     * @param random where in the range of the pause, from 0 to 1: full jitter
     * @return {@code null} if none is to be made
     */
    @Nullable Duration pause(Verdict verdict, int made, Duration spent, double random) {
        if (!verdict.isRetryable() || made >= attempts) {
            return null;
        }
        Duration wish = verdict.retryAfter();
        if (wish != null && wish.compareTo(longestWait) > 0) {
            return null;
        }
        Duration pause = wish != null ? wish : jitter(made, random);
        return spent.plus(pause).plus(attempt).compareTo(deadline) > 0 ? null : pause;
    }

    private Duration jitter(int made, double random) {
        long longest = Math.min(longestPause.toNanos(), firstPause.toNanos() << (made - 1));
        return Duration.ofNanos((long) (longest * random));
    }
}
