package dev.monocred.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Who came and who is still waiting: the requests seen, how many are under way, and which are held back. */
final class Traffic<R> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<R> seen = new ArrayList<>();
    private final List<Held<R>> held = new ArrayList<>();
    private boolean isHolding;
    private int underWay;
    private int maxUnderWay;

    /** Notes an arrival; the answer must wait on what this returns. */
    Held<R> arrives(R request) {
        return locked(() -> {
            seen.add(request);
            underWay++;
            maxUnderWay = Math.max(maxUnderWay, underWay);
            Held<R> turn = new Held<>(request, new CountDownLatch(isHolding ? 1 : 0));
            if (isHolding) {
                held.add(turn);
            }
            arrived.signalAll();
            return turn;
        });
    }

    void leaves() {
        locked(() -> --underWay);
    }

    /** Waits, for an answer that comes late or never; ends early when the server is closed. */
    void pause(Duration delay) throws InterruptedException {
        if (!delay.isZero()) {
            boolean ignored = closed.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void hold() {
        locked(() -> isHolding = true);
    }

    void release() {
        locked(() -> isHolding = false);
        release(request -> true);
    }

    void release(Predicate<? super R> which) {
        List<Held<R>> chosen = locked(() -> List.copyOf(held)).stream().filter(turn -> which.test(turn.request)).toList();
        locked(() -> held.removeAll(chosen));
        chosen.forEach(turn -> turn.released.countDown());
    }

    boolean awaitSeen(int count, Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = atMost.toNanos();
            while (seen.size() < count && left > 0) {
                left = arrived.awaitNanos(left);
            }
            return seen.size() >= count;
        } finally {
            lock.unlock();
        }
    }

    List<R> seen() {
        return locked(() -> List.copyOf(seen));
    }

    int count() {
        return locked(seen::size);
    }

    int maxUnderWay() {
        return locked(() -> maxUnderWay);
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    void close() {
        closed.countDown();
        release();
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** A request and what it waits for. */
    record Held<R>(R request, CountDownLatch released) {
    }
}
