package dev.monocred.internal.refresh;

import dev.monocred.core.TimeSource;
import dev.monocred.spi.TokenEventListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What a refresher needs to know.
 *
 * @param credential the simple name of the credential's class, for sentences
 * @param time both clocks
 * @param scheduler for deadlines and delays
 * @param flightDeadline how long one flight may take (F-7)
 * @param maxEntries how many requests are remembered (E-2)
 * @param listener who is told what happens, or {@code null}
 * @param idle after how long without use a request is forgotten, or {@code null} for never (E-2)
 */
public record RefresherOptions(String credential, TimeSource time, Scheduler scheduler, Duration flightDeadline,
        int maxEntries, @Nullable TokenEventListener listener, @Nullable Duration idle) {

    /** Between one attempt's timeout and what a caller puts up with (F-7). */
    public static final Duration NETWORK_DEADLINE = Duration.ofSeconds(30);

    /** About 28 MB of tokens (E-2). */
    public static final int DEFAULT_MAX_ENTRIES = 10_000;

    /** Where each user of an application has entries of its own (E-2). */
    public static final int MAX_USER_ENTRIES = 1_000;

    /** As above: a user who is gone that long comes with another assertion. */
    public static final Duration USER_IDLE = Duration.ofMinutes(10);

    /** Forgets nothing for idleness. */
    public RefresherOptions(String credential, TimeSource time, Scheduler scheduler, Duration flightDeadline,
            int maxEntries, @Nullable TokenEventListener listener) {
        this(credential, time, scheduler, flightDeadline, maxEntries, listener, null);
    }
}
