package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.refresh.Failure;
import dev.monocred.core.refresh.Snapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * One shared acquisition. It belongs to nobody: it is subscribed by whoever starts it, with a Context of its own, and goes
 * on when everybody who waited has left; its deadline ends it. Whichever of token, error, empty completion, deadline and
 * close comes first is its landing; the rest is dropped.
 *
 * <p>A landing goes in this order (F-2): publish the snapshot, free the slot, seal the stack of waiters, deliver. So a
 * subscriber that asks again from its callback finds the new state, never this flight. The first 32 waiters are called on
 * the landing thread; a herd beyond them in chunks on {@code Schedulers.parallel()}, so that no event loop stalls (H-3).
 */
final class Flight implements CoreSubscriber<AccessToken>, Scannable {

    private static final int INLINE = 32;
    private static final int CHUNK = 64;

    private static final VarHandle HEAD;
    private static final VarHandle LANDED;
    private static final AtomicReferenceFieldUpdater<Flight, Subscription> UPSTREAM =
            AtomicReferenceFieldUpdater.newUpdater(Flight.class, Subscription.class, "upstream");

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Flight.class, "head", Waiter.class);
            LANDED = lookup.findVarHandle(Flight.class, "landed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The stack of a flight that has landed: who joins it is served at once. */
    private static final Waiter SEALED = new Waiter(Operators.drainSubscriber(), Demand.PLAIN);

    private final TokenRefresher refresher;
    private final Entry entry;
    private final @Nullable String claims;
    private final boolean background;
    private final long startSeq;
    private final long startedAt;
    private final long startedWall;
    private final Context context;

    private volatile @Nullable Waiter head;
    private volatile boolean landed;
    private volatile boolean insisting;
    private volatile @Nullable Subscription upstream;
    private volatile @Nullable Disposable deadline;

    // The landing, written before the stack is sealed: one of the two, or none if this was abandoned.
    private @Nullable AccessToken token;
    private @Nullable Failure failure;
    /** What was held when this failed, if it is usable: a claims flight may have brought a token meanwhile. */
    private @Nullable Snapshot survivor;
    private long landedAt;

    /** For somebody who waits. */
    Flight(TokenRefresher refresher, Entry entry, @Nullable String claims, @Nullable FlightChain outer) {
        this(refresher, entry, claims, false, outer);
    }

    /** For nobody: everybody is served the held token meanwhile. */
    Flight(TokenRefresher refresher, Entry entry) {
        this(refresher, entry, null, true, null);
    }

    private Flight(TokenRefresher refresher, Entry entry, @Nullable String claims, boolean background,
            @Nullable FlightChain outer) {
        this.refresher = refresher;
        this.entry = entry;
        this.claims = claims;
        this.background = background;
        this.startSeq = entry.nextStart();
        this.startedAt = refresher.clock().now();
        this.startedWall = refresher.clock().wallMillis();
        this.context = new FlightChain(this, outer).toContext();
    }

    @Nullable String claims() {
        return claims;
    }

    Entry entry() {
        return entry;
    }

    boolean isBackground() {
        return background;
    }

    /** Marks that somebody rejects the held token although a flight brought it again. */
    void insist() {
        insisting = true;
    }

    /** Adds a waiter; if this flight has landed, serves it at once (F-3). */
    void join(Waiter waiter) {
        for (;;) {
            Waiter top = head;
            if (top == SEALED) {
                waiter.next = null;
                serve(waiter);
                return;
            }
            waiter.next = top;
            if (HEAD.compareAndSet(this, top, waiter)) {
                return;
            }
        }
    }

    /** Subscribes to the source, on the calling thread (F-13). Whatever happens there, this flight lands. */
    void takeOff() {
        if (landed) {
            return;
        }
        try {
            refresher.events().started(entry.key(), background);
            deadline = refresher.scheduler().schedule(this::onDeadline, refresher.flightDeadline().toNanos(),
                    TimeUnit.NANOSECONDS);
            Mono<AccessToken> acquisition = entry.source().acquire(entry.key().withClaims(claims));
            // The other overload would leave out what Reactor does at the last assembly.
            acquisition.subscribe((Subscriber<? super AccessToken>) this);
        } catch (Throwable t) {
            crash(t);
        } finally {
            // Close may have landed this before the timer was set.
            if (landed) {
                stopTimer();
            }
        }
    }

    /** Whatever is thrown once the slot is won, the slot must be free again (F-13). */
    void crash(Throwable thrown) {
        land(thrown);
        Exceptions.throwIfJvmFatal(thrown);
    }

    /**
     * Lands without having taken off, because the reason to start was gone by the time the slot was won (F-1). Who joined
     * meanwhile may have had another reason, that still holds: everybody decides anew (F-3).
     */
    void abandon() {
        if (LANDED.compareAndSet(this, false, true)) {
            end(null, null);
        }
    }

    /** Ends this flight because its credential is closed. */
    void close() {
        if (LANDED.compareAndSet(this, false, true)) {
            cancelUpstream();
            end(null, refresher.closedFailure());
        }
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.setOnce(UPSTREAM, this, subscription)) {
            subscription.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(AccessToken acquired) {
        if (!LANDED.compareAndSet(this, false, true)) {
            Operators.onNextDropped(acquired, context);
            return;
        }
        long now = refresher.clock().now();
        long remaining = remaining(acquired, now);
        if (remaining <= 0) {
            endFailed(transientFailure(" got a token that had already expired. Is this machine's clock right?"), now);
            return;
        }
        AccessToken result = acquired;
        try {
            Snapshot after = entry.update(before -> before.landed(
                    new Snapshot.Landing(acquired, claims, startSeq, insisting, remaining, hint(acquired)), now,
                    refresher.jitter()));
            AccessToken published = after.token();
            if (claims == null && published != null && after.isUsable(now)) {
                result = published;
            }
        } finally {
            int waiters = end(result, null);
            refresher.events().refreshed(entry.key(), took(), waiters, acquired.expiresAt());
        }
    }

    @Override
    public void onError(Throwable error) {
        if (!land(error)) {
            Operators.onErrorDropped(error, context);
        }
    }

    @Override
    public void onComplete() {
        if (!landed) {
            land(transientFailure(" completed without a token.").toException());
        }
    }

    private void onDeadline() {
        if (LANDED.compareAndSet(this, false, true)) {
            cancelUpstream();
            endFailed(transientFailure(" had no answer after " + refresher.flightDeadline().toSeconds()
                    + " s. Check the network between this machine and the token service."), refresher.clock().now());
        }
    }

    /** A source that cannot be cancelled must not keep this flight from landing (F-13). */
    private void cancelUpstream() {
        try {
            Operators.terminate(UPSTREAM, this);
        } catch (Throwable t) {
            Drops.error(t, context);
        }
    }

    private boolean land(Throwable error) {
        if (!LANDED.compareAndSet(this, false, true)) {
            return false;
        }
        endFailed(Failure.of(refresher.credential(), error), refresher.clock().now());
        return true;
    }

    private Failure transientFailure(String what) {
        return Failure.of(refresher.credential(), new ClientAuthenticationException(refresher.credential() + what, null,
                ClientAuthenticationException.Details.NONE.withTransient(true)));
    }

    private void endFailed(Failure failed, long now) {
        try {
            Snapshot after = entry.update(before -> before.failed(failed, claims, startSeq, startedAt,
                    refresher.nanosUntil(failed.retryAt()), now, refresher.jitter()));
            if (claims == null && after.isUsable(now)) {
                survivor = after;
                landedAt = now;
            }
        } finally {
            int waiters = end(null, failed);
            refresher.events().failed(entry.key(), took(), waiters, failed);
        }
    }

    /** Frees the slot, seals the stack, delivers; returns how many still waited. The snapshot is already published. */
    private int end(@Nullable AccessToken result, @Nullable Failure failed) {
        token = result;
        failure = failed;
        stopTimer();
        refresher.ended(this, background);
        return deliver((Waiter) HEAD.getAndSet(this, SEALED));
    }

    private void stopTimer() {
        Disposable timer = deadline;
        if (timer != null) {
            timer.dispose();
        }
    }

    private int deliver(@Nullable Waiter newest) {
        int count = 0;
        Waiter oldest = null;
        for (Waiter waiter = newest; waiter != null; count++) {
            Waiter below = waiter.next;
            waiter.next = oldest;
            oldest = waiter;
            waiter = below;
        }
        Waiter rest = skip(oldest, INLINE);
        while (rest != null) {
            Waiter chunk = rest;
            rest = skip(rest, CHUNK);
            deliverElsewhere(chunk);
        }
        deliver(oldest, INLINE);
        return count;
    }

    private static @Nullable Waiter skip(@Nullable Waiter first, int count) {
        Waiter waiter = first;
        for (int i = 0; i < count && waiter != null; i++) {
            waiter = waiter.next;
        }
        return waiter;
    }

    private void deliverElsewhere(Waiter chunk) {
        try {
            Schedulers.parallel().schedule(() -> deliver(chunk, CHUNK));
        } catch (RuntimeException notTaken) {
            // Rejected, or a user's schedule hook failed: nobody may be left waiting.
            deliver(chunk, CHUNK);
        }
    }

    private void deliver(@Nullable Waiter first, int count) {
        Throwable fatal = null;
        Waiter waiter = first;
        for (int i = 0; i < count && waiter != null; i++) {
            // Read first: a waiter may be the last thing that holds its subscriber's world.
            Waiter following = waiter.next;
            waiter.next = null;
            try {
                serve(waiter);
            } catch (Throwable t) {
                // It must not stop the delivery to the rest (F-14).
                fatal = Exceptions.isJvmFatal(t) ? t : fatal;
                Drops.error(t, context);
            }
            waiter = following;
        }
        if (fatal != null) {
            Exceptions.throwIfJvmFatal(fatal);
        }
    }

    private void serve(Waiter waiter) {
        AccessToken result = token != null ? token : survivorFor(waiter);
        if (result != null) {
            waiter.complete(result);
        } else if (failure != null) {
            waiter.fail(failure.toException());
        } else {
            entry.serve(waiter);
        }
    }

    /** While a token is usable nobody sees a failure, unless it is the one that this subscriber rejects. */
    private @Nullable AccessToken survivorFor(Waiter waiter) {
        Snapshot held = survivor;
        Demand demand = waiter.demand();
        return held != null && demand != null && demand.isMetBy(held, landedAt) ? held.token() : null;
    }

    /** By the clock that says less: the wall clock may have been set while the request was under way. */
    private long remaining(AccessToken acquired, long now) {
        long expiresAt = TokenRefresher.saturatedMillis(acquired.expiresAt());
        long sinceLanding = expiresAt - refresher.clock().wallMillis();
        long sinceStart = expiresAt - startedWall - TimeUnit.NANOSECONDS.toMillis(now - startedAt);
        return TimeUnit.MILLISECONDS.toNanos(Math.min(sinceLanding, sinceStart));
    }

    private long hint(AccessToken acquired) {
        return refresher.nanosUntil(acquired.refreshAt());
    }

    private Duration took() {
        return Duration.ofNanos(refresher.clock().now() - startedAt);
    }

    @Override
    public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
        if (key == Attr.PARENT) {
            return upstream;
        }
        if (key == Attr.TERMINATED) {
            return landed;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }

    @Override
    public String toString() {
        return "Flight[" + startSeq + " for " + entry.key().scopes() + "]";
    }
}
