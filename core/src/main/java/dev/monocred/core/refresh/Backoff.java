package dev.monocred.core.refresh;

import java.time.Duration;

/** How long no attempt is made after a failure (B-1 to B-5), in nanoseconds. */
public final class Backoff {

    /** Two attempts to replace a usable token are never closer than this (B-1). */
    public static final long CLOSEST_STARTS = Duration.ofSeconds(5).toNanos();

    /** The longest pause that a server may ask for (B-3). */
    public static final long LONGEST_RETRY_AFTER = Duration.ofHours(1).toNanos();

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long SHORTEST_RETRY_AFTER = SECOND;

    private Backoff() {}

    /**
     * Draws the pause after a failure without a server's wish.
     *
     * @param kind what failed
     * @param failures how many flights failed in a row, this one included; at least 1
     * @param tokenUsable whether subscribers are still served meanwhile
     * @param jitter a number from 0 (inclusive) to 1
     * @return a pause between half of the nominal one and all of it
     */
    public static long pause(FailureKind kind, int failures, boolean tokenUsable, double jitter) {
        long half = nominal(kind, failures, tokenUsable) / 2;
        return half + (long) (half * jitter);
    }

    /**
     * Stretches the pause that a server asked for, so that its clients do not come back at once (B-3).
     *
     * @param wish the server's wish
     * @param jitter a number from 0 (inclusive) to 1
     * @return the wish, at least a second and at most an hour, and up to a tenth more
     */
    public static long pauseAsked(long wish, double jitter) {
        long pause = Math.min(Math.max(wish, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER);
        long tenth = pause / 10;
        return pause + (long) (tenth * jitter);
    }

    private static long nominal(FailureKind kind, int failures, boolean tokenUsable) {
        return switch (kind) {
            case TRANSIENT -> tokenUsable ? doubling(15, failures, 300) : doubling(1, failures, 30);
            case THROTTLED -> doubling(5, failures, 60);
            case TERMINAL -> tokenUsable ? doubling(60, failures, 300) : doubling(5, failures, 60);
            case UNAVAILABLE -> doubling(1, failures, 5);
        };
    }

    private static long doubling(long firstSeconds, int failures, long mostSeconds) {
        return Math.min(firstSeconds << Math.min(failures - 1, 20), mostSeconds) * SECOND;
    }
}
