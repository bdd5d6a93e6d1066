package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.scheduler.Scheduler;

/**
 * Time that moves only when told to: a {@link TimeSource} and the {@link Scheduler} that goes with it. Give both to a
 * credential's builder; a day of refreshes then takes milliseconds. Safe for use by several threads.
 *
 * <pre>{@code
 * ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
 * credential = ClientSecretCredential.builder().timeSource(time).scheduler(time.scheduler())…
 * time.advance(Duration.ofHours(1));
 * }</pre>
 */
public final class ManualTime implements TimeSource {

    private final ManualScheduler scheduler = new ManualScheduler();
    private final long nanosOrigin;
    /** Wall clock minus monotonic clock, in milliseconds. */
    private final AtomicLong wallOffset;

    private ManualTime(Instant start, long nanosOrigin) {
        this.nanosOrigin = nanosOrigin;
        this.wallOffset = new AtomicLong(start.toEpochMilli());
    }

    /**
     * Starts at an instant.
     *
     * @param start what the wall clock shows at first
     * @return the time
     */
    public static ManualTime startingAt(Instant start) {
        return new ManualTime(start, 0);
    }

    /**
     * Starts at an instant, with a monotonic clock that shows a value of your choice: for tests of its overflow.
     *
     * @param start what the wall clock shows at first
     * @param nanos what the monotonic clock shows at first
     * @return the time
     */
    public static ManualTime startingAt(Instant start, long nanos) {
        return new ManualTime(start, nanos);
    }

    @Override
    public long nanos() {
        return nanosOrigin + scheduler.nanos();
    }

    @Override
    public long wallMillis() {
        return wallOffset.get() + scheduler.now(TimeUnit.MILLISECONDS);
    }

    /**
     * Reads the wall clock.
     *
     * @return what it shows
     */
    public Instant now() {
        return Instant.ofEpochMilli(wallMillis());
    }

    /**
     * The scheduler that runs delayed work when time gets there, on the thread that moves it. Work without a delay runs at
     * once. Neither {@link Scheduler#dispose()} nor anything else stops the clocks.
     *
     * @return always the same scheduler
     */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Lets time pass: both clocks move, and what falls due meanwhile runs on this thread, in order, each at its own time.
     * If another thread moves time just now, or this is called by a task, the time is added and what falls due runs there.
     *
     * @param by how far; zero runs what is due now
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + by);
        }
        scheduler.advance(by);
    }

    /**
     * Sets the wall clock: only it moves, as when somebody corrects it.
     *
     * @param by how far; negative sets it back
     */
    public void stepWall(Duration by) {
        wallOffset.addAndGet(requireNonNull(by, "by").toMillis());
    }
}
