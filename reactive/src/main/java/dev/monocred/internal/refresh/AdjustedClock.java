package dev.monocred.internal.refresh;

import dev.monocred.core.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monotonic clock, corrected forward by what the wall clock saw pass: the monotonic one stops while some machines
 * sleep, and the wall clock can be set. A token is old if either says so (T-2, T-3). The correction never decreases. The
 * clocks are compared at most once a second, by whoever asks first; everybody else pays two volatile reads.
 */
final class AdjustedClock {

    private static final Logger LOG = LoggerFactory.getLogger(AdjustedClock.class);
    private static final VarHandle NEXT_CHECK;

    static {
        try {
            NEXT_CHECK = MethodHandles.lookup().findVarHandle(AdjustedClock.class, "nextCheck", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long CHECK_EVERY = Duration.ofSeconds(1).toNanos();
    /** Less than this is a clock being disciplined, not a machine that slept. */
    private static final long TOLERANCE = Duration.ofSeconds(5).toNanos();
    /** A wall clock that jumps to and fro must not make everything due again and again (T-4); a machine may doze off twice. */
    private static final long CALM = Duration.ofSeconds(60).toNanos();
    /** How long after a correction background flights are spread (T-4). */
    private static final long SPREAD = Duration.ofSeconds(10).toNanos();
    /**
     * Far enough ahead that nothing is due while a check runs, near enough for clocks read before it to be smaller: a thread
     * that read the time some nanoseconds before the winner, and the due time after, would with {@code Long.MAX_VALUE} see
     * the difference wrap and check too. Two at once would re-anchor the wall clock twice.
     */
    private static final long BEING_CHECKED = Long.MAX_VALUE / 2;

    private final TimeSource time;
    private final Consumer<Duration> onAdjusted;
    private final long nanos0;
    private volatile long nextCheck;
    private volatile long offset;
    private volatile boolean adjusted;
    private volatile long adjustedAt;
    // Touched only by the winner of a check; nextCheck publishes them.
    private long wall0;
    private boolean setBack;
    private boolean warned;

    AdjustedClock(TimeSource time, Consumer<Duration> onAdjusted) {
        this.time = time;
        this.onAdjusted = onAdjusted;
        this.nanos0 = time.nanos();
        this.wall0 = wallNanos();
        this.nextCheck = nanos0 + CHECK_EVERY;
    }

    /** The time, in nanoseconds that only ever move forward (but may wrap). */
    long now() {
        long nanos = time.nanos();
        long due = nextCheck;
        if (nanos - due >= 0) {
            check(nanos, due);
        }
        return nanos + offset;
    }

    long wallMillis() {
        return time.wallMillis();
    }

    /** The wall-clock instant of a time of this clock, for people. */
    Instant instantOf(long when, long now) {
        return Instant.ofEpochMilli(wallMillis() + Duration.ofNanos(when - now).toMillis());
    }

    /** Whether so much may have fallen due at once that starts should be spread. */
    boolean isJustAdjusted(long now) {
        return adjusted && now - adjustedAt < SPREAD;
    }

    private void check(long nanos, long due) {
        if (!NEXT_CHECK.compareAndSet(this, due, nanos + BEING_CHECKED)) {
            return;
        }
        try {
            compare(nanos);
        } finally {
            nextCheck = nanos + CHECK_EVERY;
        }
    }

    private void compare(long nanos) {
        long corrected = offset;
        long drift = wallNanos() - wall0 - (nanos - nanos0) - corrected;
        if (drift < -TOLERANCE) {
            // Set back: real time went on as the monotonic clock says.
            wall0 += drift;
            setBack = true;
        } else if (drift > TOLERANCE) {
            if (adjusted && setBack && nanos + corrected - adjustedAt < CALM) {
                warnOnce();
                return;
            }
            corrected += drift;
            offset = corrected;
            adjustedAt = nanos + corrected;
            adjusted = true;
            setBack = false;
            Duration by = Duration.ofNanos(drift);
            LOG.info("The machine slept or its clock was set forward by {}: held tokens are that much older.", by);
            onAdjusted.accept(by);
        }
    }

    private void warnOnce() {
        if (!warned) {
            warned = true;
            LOG.warn("The wall clock was set forward twice within a minute: it is looked at again later. Is a time service fighting with another?");
        }
    }

    private long wallNanos() {
        return time.wallMillis() * 1_000_000;
    }
}
