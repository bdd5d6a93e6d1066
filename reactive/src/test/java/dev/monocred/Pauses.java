package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Manual time whose tests know when somebody has begun to wait: a pause that begins after an answer came. */
final class Pauses implements Scheduler {

    private final ManualTime time;
    private final BlockingQueue<Duration> begun = new LinkedBlockingQueue<>();

    Pauses(ManualTime time) {
        this.time = time;
    }

    /** Waits until somebody waits so long, and lets that time pass. */
    void pass(Duration pause) {
        begun(pause);
        time.advance(pause);
    }

    /** Waits until somebody waits so long. */
    void begun(Duration pause) {
        begun(pause, pause);
    }

    /** Waits until somebody waits so long, and says how long. */
    Duration begun(Duration shortest, Duration longest) {
        try {
            while (true) {
                Duration next = begun.poll(20, TimeUnit.SECONDS);
                assertThat(next).as("a pause from " + shortest + " to " + longest).isNotNull();
                if (next != null && next.compareTo(shortest) >= 0 && next.compareTo(longest) <= 0) {
                    return next;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        Disposable scheduled = time.scheduler().schedule(task, delay, unit);
        begun.add(Duration.ofNanos(unit.toNanos(delay)));
        return scheduled;
    }

    @Override
    public Disposable schedule(Runnable task) {
        return time.scheduler().schedule(task);
    }

    @Override
    public Worker createWorker() {
        return time.scheduler().createWorker();
    }

    @Override
    public long now(TimeUnit unit) {
        return time.scheduler().now(unit);
    }
}
