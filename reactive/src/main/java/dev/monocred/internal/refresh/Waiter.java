package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;

/**
 * One subscriber of a flight: its subscription and its node in the flight's stack, in one object of 32 bytes. Cancelling is
 * one exchange of a number, touches nobody else and lets go of the subscriber at once (F-5). A token that comes before it
 * is requested waits here (F-15).
 */
final class Waiter implements Subscription, Scannable {

    private static final int IDLE = 0;
    private static final int REQUESTED = 1;
    private static final int HAS_TOKEN = 2;
    private static final int DONE = 3;
    private static final int CANCELLED = 4;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The node below in the stack; written before this one is pushed, and again when the stack is reversed. */
    @Nullable Waiter next;

    private volatile int state;
    private @Nullable AccessToken token;
    private @Nullable CoreSubscriber<? super AccessToken> actual;
    private @Nullable Demand demand;

    Waiter(CoreSubscriber<? super AccessToken> actual, Demand demand) {
        this.actual = actual;
        this.demand = demand;
    }

    /** What this one waits for; {@code null} once it has left. */
    @Nullable Demand demand() {
        return demand;
    }

    /** The flights that wait for this one. */
    @Nullable FlightChain outer() {
        CoreSubscriber<? super AccessToken> subscriber = actual;
        return subscriber == null ? null : FlightChain.in(subscriber.currentContext());
    }

    boolean isCancelled() {
        return state == CANCELLED;
    }

    @Override
    public void request(long n) {
        CoreSubscriber<? super AccessToken> subscriber = actual;
        if (subscriber == null) {
            return;
        }
        if (n <= 0) {
            // Reactive Streams 3.9; only this subscriber hears of it.
            if (finish(IDLE) || finish(HAS_TOKEN) || finish(REQUESTED)) {
                actual = null;
                subscriber.onError(new IllegalArgumentException("Reactive Streams 3.9: requested " + n + ", which is not more than 0"));
            }
            return;
        }
        if (STATE.compareAndSet(this, IDLE, REQUESTED)) {
            return;
        }
        if (finish(HAS_TOKEN)) {
            emit(subscriber, token);
        }
    }

    @Override
    public void cancel() {
        if ((int) STATE.getAndSet(this, CANCELLED) < DONE) {
            actual = null;
            token = null;
            demand = null;
        }
    }

    /** Called at most once, by whoever delivers the flight's landing. */
    void complete(AccessToken landed) {
        CoreSubscriber<? super AccessToken> subscriber = actual;
        if (subscriber == null) {
            return;
        }
        token = landed;
        if (STATE.compareAndSet(this, IDLE, HAS_TOKEN)) {
            return;
        }
        if (finish(REQUESTED)) {
            emit(subscriber, landed);
        } else {
            token = null;
        }
    }

    /** Called at most once, by whoever delivers the flight's landing. */
    void fail(RuntimeException error) {
        CoreSubscriber<? super AccessToken> subscriber = actual;
        if (subscriber != null && (finish(IDLE) || finish(REQUESTED))) {
            actual = null;
            subscriber.onError(error);
        }
    }

    private boolean finish(int from) {
        return STATE.compareAndSet(this, from, DONE);
    }

    private void emit(CoreSubscriber<? super AccessToken> subscriber, @Nullable AccessToken value) {
        actual = null;
        token = null;
        subscriber.onNext(value);
        if (state != CANCELLED) {
            subscriber.onComplete();
        }
    }

    @Override
    public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.CANCELLED) {
            return state == CANCELLED;
        }
        if (key == Attr.TERMINATED) {
            return state == DONE;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }
}
