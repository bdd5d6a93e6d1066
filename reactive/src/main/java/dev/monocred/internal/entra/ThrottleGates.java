package dev.monocred.internal.entra;

import dev.monocred.core.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Remembers who asked to be left alone (B-3): a token endpoint, and with it a tenant, for one application. While a gate is
 * closed nothing is sent, whatever scopes are asked for. Lock-free; keeps nothing for who answers normally.
 */
final class ThrottleGates {

    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int CROWDED = 1000;

    private final TimeSource time;
    private final RandomGenerator random;
    private final ConcurrentMap<String, Gate> closed = new ConcurrentHashMap<>();

    ThrottleGates(TimeSource time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    /** The end on both clocks: one to decide by, one to show. */
    private record Gate(long nanos, Instant instant, int refusals) {}

    /** Until when nothing may be sent; {@code null} if the gate is open. */
    @Nullable Instant closedUntil(String key) {
        Gate gate = closed.get(key);
        return gate == null || time.nanos() - gate.nanos >= 0 ? null : gate.instant;
    }

    /**
     * Closes the gate.
     *
     * @param retryAfter how long the server wants to be left alone, or {@code null} if it does not say: then it doubles from
     *     5 s to 60 s
     * @return until when
     */
    Instant close(String key, @Nullable Duration retryAfter) {
        if (closed.size() > CROWDED) {
            closed.values().removeIf(gate -> time.nanos() - gate.nanos >= 0);
        }
        return closed.compute(key, (same, before) -> gate(retryAfter, before == null ? 0 : before.refusals)).instant;
    }

    /** The server answered normally. */
    void open(String key) {
        closed.remove(key);
    }

    // Up to a tenth longer than asked, so that many processes do not come back at once.
    private Gate gate(@Nullable Duration retryAfter, int refusals) {
        Duration pause = retryAfter != null ? retryAfter : doubled(refusals);
        long nanos = pause.toNanos() + (long) (pause.toNanos() * 0.1 * random.nextDouble());
        return new Gate(time.nanos() + nanos, Instant.ofEpochMilli(time.wallMillis()).plusNanos(nanos), refusals + 1);
    }

    private static Duration doubled(int refusals) {
        Duration pause = FIRST.multipliedBy(1L << Math.min(refusals, 6));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
}
