package dev.monocred.internal.managedidentity;

import java.time.Duration;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which attempts at a host are made again, and when (platform.md 3.5, 4.1): a pure function.
 *
 * @param statuses which answers may pass
 * @param retries how often it is tried again
 * @param firstPause the pause before the second attempt; doubles with each further one
 * @param longestPause no pause of ours is longer, nor is a host's wish obeyed for longer
 * @param jitter how much longer a pause may become
 * @param goneRetries how often it is tried again after 410, whatever else was tried
 * @param gonePause the pause after 410
 * @param attempt how long one attempt may take: with less time than that left, none is begun
 * @param deadline how long all of it may take (F-7)
 */
record HostRetryRule(IntPredicate statuses, int retries, Duration firstPause, Duration longestPause, double jitter,
        int goneRetries, Duration gonePause, Duration attempt, Duration deadline) {

    static final int GONE = 410;

    /** The metadata service: its updates are over within 70 s, and answered with 410 or not at all. */
    static final HostRetryRule IMDS = new HostRetryRule(
            status -> status == 404 || status == 408 || status == GONE || status == 429 || status / 100 == 5, 5,
            Duration.ofMillis(800), Duration.ofSeconds(60), 0.2, 7, Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofSeconds(120));

    /** Everything else: 404 lasts. */
    static final HostRetryRule LOCAL = new HostRetryRule(Set.of(408, 429, 500, 502, 503, 504)::contains, 3,
            Duration.ofSeconds(1), Duration.ofSeconds(60), 0, 0, Duration.ZERO, Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    /**
     * What has been tried.
     *
     * @param usual how often it was tried again after other things than 410
     * @param gone how often after 410
     * @param spent how long it took
     */
    record Tried(int usual, int gone, Duration spent) {}

    /** Whether an answer of this status may be another one soon. */
    boolean isRetryable(int status) {
        return statuses.test(status);
    }

    /**
     * How long to pause before the next attempt.
     *
     * @param isGone whether the last one came to 410
     * @param tried what was tried before it
     * @param wish how long the host wants to be left alone, or {@code null}
     * @param random where in the range of the pause, from 0 to 1
     * @return {@code null} if none is to be made
     */
    @Nullable Duration pause(boolean isGone, Tried tried, @Nullable Duration wish, double random) {
        if (isGone ? tried.gone >= goneRetries : tried.usual >= retries) {
            return null;
        }
        Duration ours = isGone ? gonePause : longer(shorter(firstPause.multipliedBy(1L << tried.usual), longestPause), random);
        Duration theirs = wish == null ? Duration.ZERO : shorter(wish, longestPause);
        Duration pause = ours.compareTo(theirs) < 0 ? theirs : ours;
        return tried.spent.plus(pause).plus(attempt).compareTo(deadline) > 0 ? null : pause;
    }

    private Duration longer(Duration pause, double random) {
        return pause.plusNanos((long) (pause.toNanos() * jitter * random));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
