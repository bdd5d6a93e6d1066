package dev.monocred.core;

/**
 * Both clocks of a machine. A token is old if either of them says so: the monotonic clock stops while some systems sleep,
 * the wall clock can be set.
 */
public interface TimeSource {

    /**
     * Reads the monotonic clock.
     *
     * @return nanoseconds since an arbitrary origin; only differences mean something, and it may wrap
     */
    long nanos();

    /**
     * Reads the wall clock.
     *
     * @return milliseconds since 1970-01-01T00:00Z
     */
    long wallMillis();
}
