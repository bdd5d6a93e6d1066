package dev.monocred.testing;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A scheduler whose time is moved by hand. Tasks run one at a time, in the order of their times, equal times in the order
 * they were scheduled; while one runs, its time is now. They run on the thread that moves the time; one that is due when
 * it is scheduled runs at once on the scheduling thread, unless a task is running: then after it, on that task's thread.
 *
 * <p>Not Reactor's {@code VirtualTimeScheduler}: there a concurrent reader sees time run backwards during a move, and a
 * task that another thread schedules meanwhile can be lost.
 */
final class ManualScheduler implements Scheduler {

    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Task> queue = new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::order));
    /** Nanoseconds since the start. Written under the lock, never smaller than before. */
    private volatile long now;
    private long target;
    private long scheduled;
    private boolean isRunning;
    private volatile boolean isDisposed;

    long nanos() {
        return now;
    }

    void advance(Duration by) {
        acquire();
        try {
            target = plus(target, by.toNanos());
        } finally {
            lock.unlock();
        }
        runDue();
    }

    private void runDue() {
        if (enter()) {
            boolean isDone = false;
            try {
                for (Task task = next(); task != null; task = next()) {
                    task.run.run();
                }
                isDone = true;
            } finally {
                if (!isDone) {
                    leave(); // a task threw: its caller sees it, the rest runs with the next move
                }
            }
        }
    }

    /** Held for a few instructions only, so whoever finds it taken looks again instead of parking: event loops come here, too. */
    private void acquire() {
        while (!lock.tryLock()) {
            Thread.onSpinWait();
        }
    }

    private boolean enter() {
        acquire();
        try {
            boolean isMine = !isRunning;
            isRunning = true;
            return isMine;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        acquire();
        try {
            isRunning = false;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next task that is due and moves time to it; if there is none, moves time to its target and leaves. */
    private @Nullable Task next() {
        acquire();
        try {
            Task next = queue.peek();
            if (next == null || next.due > target) {
                now = target;
                isRunning = false;
                return null;
            }
            now = Math.max(now, next.due);
            return queue.remove();
        } finally {
            lock.unlock();
        }
    }

    private Disposable add(Runnable run, long delayNanos) {
        if (isDisposed) {
            throw new RejectedExecutionException("this scheduler is disposed");
        }
        Task task;
        acquire();
        try {
            task = new Task(plus(now, Math.max(0, delayNanos)), scheduled++, run);
            queue.add(task);
        } finally {
            lock.unlock();
        }
        if (delayNanos <= 0) {
            runDue();
        }
        return Disposables.composite(() -> remove(task)); // which knows whether it was disposed
    }

    private void remove(Task task) {
        acquire();
        try {
            boolean ignored = queue.remove(task);
        } finally {
            lock.unlock();
        }
    }

    private static long plus(long nanos, long more) {
        return nanos > Long.MAX_VALUE - more ? Long.MAX_VALUE : nanos + more;
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert(now, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return add(Schedulers.onSchedule(task), 0);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return add(Schedulers.onSchedule(task), unit.toNanos(delay));
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        Disposable.Swap current = Disposables.swap();
        repeat(Schedulers.onSchedule(task), unit.toNanos(initialDelay), Math.max(1, unit.toNanos(period)), current);
        return current;
    }

    private void repeat(Runnable task, long delay, long period, Disposable.Swap current) {
        Disposable next = add(() -> {
            task.run();
            if (!current.isDisposed()) {
                repeat(task, period, period, current);
            }
        }, Math.max(1, delay)); // never inline: the first run must find itself in current
        current.replace(next);
    }

    @Override
    public Worker createWorker() {
        return new ManualWorker();
    }

    @Override
    public boolean isDisposed() {
        return isDisposed;
    }

    @Override
    public void dispose() {
        isDisposed = true;
        acquire();
        try {
            queue.clear();
        } finally {
            lock.unlock();
        }
    }

    private record Task(long due, long order, Runnable run) {
    }

    /** Forgets its tasks when it is disposed. */
    private final class ManualWorker implements Worker {

        private final Disposable.Composite tasks = Disposables.composite();

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return track(self -> ManualScheduler.this.schedule(() -> {
                tasks.remove(self);
                task.run();
            }, delay, unit));
        }

        @Override
        public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
            return track(self -> ManualScheduler.this.schedulePeriodically(task, initialDelay, period, unit));
        }

        private Disposable track(Function<Disposable, Disposable> scheduling) {
            Disposable.Swap self = Disposables.swap();
            if (!tasks.add(self)) {
                throw new RejectedExecutionException("this worker is disposed");
            }
            Disposable task = scheduling.apply(self);
            self.replace(task);
            return self;
        }

        @Override
        public boolean isDisposed() {
            return tasks.isDisposed();
        }

        @Override
        public void dispose() {
            tasks.dispose();
        }
    }
}
