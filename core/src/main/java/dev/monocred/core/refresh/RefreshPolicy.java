package dev.monocred.core.refresh;

import java.time.Duration;

/**
 * When a token is used, replaced ahead of time, and no longer used (T-6 to T-10). Every time is in nanoseconds; what is
 * called "for" or "after" counts from the landing of the token.
 */
public final class RefreshPolicy {

    /** No server issues longer ones; a longer one is a mistake (T-6). */
    public static final long MAX_LIFETIME = Duration.ofDays(2).toNanos();

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = 60 * SECOND;
    /** Time for the request that carries the token to arrive (T-7). */
    private static final long MARGIN = 5 * SECOND;
    /** A hint this close to the end leaves no time to recover, and is ignored (T-8). */
    private static final long HINT_MARGIN = 60 * SECOND;
    private static final long LONGEST_JITTER = 5 * MINUTE;
    private static final long SHORTEST_REPEAT = 30 * SECOND;
    private static final long LONGEST_REPEAT = 5 * MINUTE;

    private RefreshPolicy() {}

    /**
     * The times of one token, counted from its landing.
     *
     * @param refreshAfter from here on we look for a new one
     * @param usableFor until here nobody waits
     * @param lifetime from here on the resource refuses it
     */
    public record Schedule(long refreshAfter, long usableFor, long lifetime) {}

    /**
     * Plans the life of a new token.
     *
     * @param remaining how long it lives from now; positive
     * @param hint how long from now the server wants it replaced; zero or less if it gave no usable hint
     * @param jitter a number from 0 (inclusive) to 1, drawn once per token, so that a fleet does not refresh at once
     * @return its times
     */
    public static Schedule plan(long remaining, long hint, double jitter) {
        long lifetime = Math.min(remaining, MAX_LIFETIME);
        long usableFor = usableFor(lifetime);
        long planned = hint > 0 && hint < lifetime - HINT_MARGIN ? hint : byLifetime(lifetime);
        long refreshAfter = Math.min(planned, usableFor);
        long spread = Math.min(LONGEST_JITTER, (usableFor - refreshAfter) / 4);
        return new Schedule(refreshAfter + (long) (spread * jitter), usableFor, lifetime);
    }

    /**
     * Plans the further life of a token that a refresh brought again: some hosts hand out their own cached token until
     * shortly before its end, and without a pause every request would start a flight (T-10).
     *
     * @param remaining how long it still lives from now; positive
     * @return its times
     */
    public static Schedule planRepeated(long remaining) {
        long lifetime = Math.min(remaining, MAX_LIFETIME);
        long usableFor = usableFor(lifetime);
        long pause = Math.min(Math.max(lifetime / 4, SHORTEST_REPEAT), LONGEST_REPEAT);
        return new Schedule(Math.min(pause, usableFor), usableFor, lifetime);
    }

    private static long usableFor(long lifetime) {
        return lifetime - Math.min(MARGIN, lifetime / 10);
    }

    private static long byLifetime(long lifetime) {
        if (lifetime >= 120 * MINUTE) {
            return lifetime / 2;
        }
        if (lifetime >= 20 * MINUTE) {
            return lifetime - Math.max(5 * MINUTE, lifetime / 4);
        }
        return lifetime < 2 * MINUTE ? lifetime / 2 : lifetime - Math.max(lifetime / 4, 30 * SECOND);
    }
}
