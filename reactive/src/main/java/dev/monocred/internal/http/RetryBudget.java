package dev.monocred.internal.http;

import java.util.concurrent.atomic.AtomicReference;

/**
 * How many retries an authority may be burdened with (N-7): ten at first, a fifth more for each success and one more every
 * thirty seconds, never above ten. While an authority is down, many requests so make few retries. Lock-free.
 */
public final class RetryBudget {

    private static final double FULL = 10;
    private static final double PER_SUCCESS = 0.2;
    private static final double PER_NANO = 1 / 30e9;

    private record Level(double retries, long nanos) {}

    private final AtomicReference<Level> level;

    /** Starts full. */
    public RetryBudget(long now) {
        level = new AtomicReference<>(new Level(FULL, now));
    }

    /** Takes the cost of a retry, if there is as much. */
    boolean spend(double cost, long now) {
        Level before = level.getAndUpdate(old -> at(old, now, -cost));
        return at(before, now, 0).retries >= cost;
    }

    /** Notes a success. */
    void earn(long now) {
        level.updateAndGet(old -> at(old, now, PER_SUCCESS));
    }

    /** Too little for a change leaves it as it is. */
    private static Level at(Level old, long now, double change) {
        // Two threads may come with their clock readings in the wrong order.
        long passed = Math.max(0, now - old.nanos);
        double grown = Math.min(FULL, old.retries + passed * PER_NANO);
        double changed = Math.min(FULL, grown + change);
        return new Level(changed < 0 ? grown : changed, old.nanos + passed);
    }
}
