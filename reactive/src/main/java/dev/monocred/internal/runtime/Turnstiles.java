package dev.monocred.internal.runtime;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Lets few pieces of work with the same key run at a time and the others wait in line, without a thread: one tenant that
 * hangs takes a few connections, not all (section 11). Who waits may leave at any time; who leaves while running makes room.
 * The next in line starts on the thread of whoever made room. Nothing is kept for a key that nobody uses.
 */
public final class Turnstiles {

    private final ConcurrentMap<String, Turnstile> byKey = new ConcurrentHashMap<>();
    private final int atATime;

    /** Lets so many pass at a time. */
    public Turnstiles(int atATime) {
        this.atATime = atATime;
    }

    /** Runs the work when its turn comes; nothing happens before subscription. */
    public <T> Mono<T> pass(String key, Mono<T> work) {
        return Mono.defer(() -> {
            Turnstile turnstile = enter(key);
            Visitor visitor = new Visitor();
            return turnstile.line(visitor).then(work).doFinally(signal -> {
                turnstile.leave(visitor);
                exit(key);
            });
        });
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    // Counting inside compute: a turnstile must not be dropped while somebody enters it.
    private Turnstile enter(String key) {
        return byKey.compute(key, (same, present) -> (present == null ? new Turnstile(atATime) : present).count(1));
    }

    private void exit(String key) {
        byKey.computeIfPresent(key, (same, present) -> present.count(-1).visitors == 0 ? null : present);
    }

    private enum State { WAITING, RUNNING, GONE }

    private static final class Visitor {
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private final Sinks.Empty<Void> turn = Sinks.empty();
    }

    private static final class Turnstile {

        private final ConcurrentLinkedQueue<Visitor> line = new ConcurrentLinkedQueue<>();
        private final AtomicInteger free;
        private final AtomicInteger draining = new AtomicInteger();
        /** Changed under the map's own guard only. */
        private int visitors;

        Turnstile(int atATime) {
            this.free = new AtomicInteger(atATime);
        }

        Turnstile count(int change) {
            visitors += change;
            return this;
        }

        Mono<Void> line(Visitor visitor) {
            return Mono.defer(() -> {
                line.add(visitor);
                drain();
                return visitor.turn.asMono();
            });
        }

        /** Exactly once per visitor. Only who was let in took up room; who waited stays in line, empty, until it is called. */
        void leave(Visitor visitor) {
            if (visitor.state.getAndSet(State.GONE) == State.RUNNING) {
                free.incrementAndGet();
                drain();
            }
        }

        // Work that ends at once leaves from within the loop: the counter makes that another round, not a deeper stack.
        private void drain() {
            if (draining.getAndIncrement() != 0) {
                return;
            }
            do {
                letIn();
            } while (draining.decrementAndGet() != 0);
        }

        private void letIn() {
            while (free.get() > 0) {
                Visitor next = line.poll();
                if (next == null) {
                    return;
                }
                if (next.state.compareAndSet(State.WAITING, State.RUNNING)) {
                    free.decrementAndGet();
                    next.turn.tryEmitEmpty();
                }
            }
        }
    }
}
