package dev.monocred.internal.signin;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Work that many wait for, and that ends when the last of them leaves: nobody looks at the prompt any longer. Equal keys are
 * one piece of work. Who comes while the last one leaves starts it anew. It has nobody's Context (F-12).
 */
final class SharedWork<K, T> {

    private static final int ENDED = -1;

    private final ConcurrentMap<K, Work> underWay = new ConcurrentHashMap<>();

    /** Joins the work for the key, or starts it; nothing happens before subscription. */
    Mono<T> join(K key, Mono<T> work) {
        return Mono.defer(() -> {
            Work joined = null;
            while (joined == null) {
                Work present = underWay.computeIfAbsent(key, Work::new);
                joined = present.enter() ? present : null;
            }
            return joined.outcome(work);
        });
    }

    /** Ends all work; everybody who waits gets the error. */
    void fail(RuntimeException error) {
        underWay.values().forEach(work -> work.land(() -> work.sink.tryEmitError(error)));
    }

    private final class Work {

        private final K key;
        private final Sinks.One<T> sink = Sinks.one();
        private final Disposable.Swap run = Disposables.swap();
        /** How many wait; once nobody does, nobody can join any more. */
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger started = new AtomicInteger();

        Work(K key) {
            this.key = key;
        }

        boolean enter() {
            boolean isOpen = waiting.getAndUpdate(count -> count == ENDED ? ENDED : count + 1) != ENDED;
            if (!isOpen) {
                underWay.remove(key, this);
            }
            return isOpen;
        }

        Mono<T> outcome(Mono<T> work) {
            if (started.getAndIncrement() == 0) {
                run.update(work.subscribe(value -> land(() -> sink.tryEmitValue(value)),
                        error -> land(() -> sink.tryEmitError(error)), () -> land(sink::tryEmitEmpty)));
            }
            return sink.asMono().doOnCancel(this::leave);
        }

        /** First out of the way, then heard of: who asks again from a callback must not find this. */
        void land(Runnable signal) {
            underWay.remove(key, this);
            waiting.set(ENDED);
            run.dispose();
            signal.run();
        }

        private void leave() {
            if (waiting.updateAndGet(count -> count == ENDED ? ENDED : count == 1 ? ENDED : count - 1) == ENDED) {
                underWay.remove(key, this);
                run.dispose();
            }
        }
    }
}
