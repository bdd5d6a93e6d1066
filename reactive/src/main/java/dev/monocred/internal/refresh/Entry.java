package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.refresh.Decision;
import dev.monocred.core.refresh.Failure;
import dev.monocred.core.refresh.Snapshot;
import dev.monocred.internal.source.TokenSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * What the refresher keeps for one request: a snapshot and at most one flight without claims. What to do is derived from the
 * two and the time; there is no other state.
 */
class Entry {

    private static final VarHandle SNAPSHOT;
    private static final VarHandle SLOT;
    private static final VarHandle STARTS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SNAPSHOT = lookup.findVarHandle(Entry.class, "snapshot", Snapshot.class);
            SLOT = lookup.findVarHandle(Entry.class, "slot", Flight.class);
            STARTS = lookup.findVarHandle(Entry.class, "starts", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TokenRefresher refresher;
    private final TokenRequestContext key;
    private volatile Snapshot snapshot = Snapshot.EMPTY;
    private volatile @Nullable Flight slot;
    private volatile long starts;
    /** Set on a hit, only when clear, so that a warm hit writes nothing; cleared by the eviction walk (E-1). */
    private boolean used = true;

    Entry(TokenRefresher refresher, TokenRequestContext key) {
        this.refresher = refresher;
        this.key = key;
    }

    TokenRequestContext key() {
        return key;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** Where this entry's tokens come from. */
    TokenSource source() {
        return refresher.source();
    }

    /** The held token if nothing else than emitting it is to be done. This is the hot path: see P-5. */
    @Nullable AccessToken hit() {
        Snapshot seen = snapshot;
        AccessToken held = seen.token();
        if (held == null) {
            return null;
        }
        long now = refresher.clock().now();
        if (now - seen.refreshAt() >= 0 || refresher.isDoubtful(now)) {
            return null;
        }
        touch();
        refresher.events().hit(key);
        return held;
    }

    private void touch() {
        if (!used) {
            used = true;
        }
    }

    boolean isUsed() {
        return used;
    }

    /** Tells whether this was used since the last walk, and forgets it. */
    boolean clearUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Serves one subscriber, now or when a flight lands. */
    void serve(Demand demand, CoreSubscriber<? super AccessToken> actual) {
        Snapshot seen = snapshot;
        long now = refresher.clock().now();
        AccessToken held = answer(demand, seen, now);
        if (held != null) {
            actual.onSubscribe(Operators.scalarSubscription(actual, held));
            return;
        }
        RuntimeException refused = refusal(demand, seen, now);
        if (refused != null) {
            Operators.error(actual, refused);
            return;
        }
        Waiter waiter = new Waiter(actual, demand);
        actual.onSubscribe(waiter);
        if (!waiter.isCancelled()) {
            board(demand, waiter);
        }
    }

    /** Serves somebody whose flight was abandoned: decides anew, by what this one waits for (F-3). */
    void serve(Waiter waiter) {
        Demand demand = waiter.demand();
        if (demand == null) {
            return;
        }
        Snapshot seen = snapshot;
        long now = refresher.clock().now();
        AccessToken held = answer(demand, seen, now);
        RuntimeException refused = refusal(demand, seen, now);
        if (held != null) {
            waiter.complete(held);
        } else if (refused != null) {
            waiter.fail(refused);
        } else {
            board(demand, waiter);
        }
    }

    private @Nullable AccessToken answer(Demand demand, Snapshot seen, long now) {
        Decision decision = demand.decide(seen, now);
        if (decision != Decision.USE && decision != Decision.USE_AND_REFRESH) {
            return null;
        }
        touch();
        if (decision == Decision.USE_AND_REFRESH) {
            refreshInBackground();
        }
        refresher.events().hit(key);
        return seen.token();
    }

    private @Nullable RuntimeException refusal(Demand demand, Snapshot seen, long now) {
        Failure last = seen.lastFailure(demand.claims());
        return last != null && demand.decide(seen, now) == Decision.GATED && refresher.flight(this, demand.claims()) == null
                ? refresher.gated(key, last, seen.nextAttemptAt(demand.claims()), now) : null;
    }

    /** Joins the flight under way or starts one (F-1). */
    private void board(Demand demand, Waiter waiter) {
        FlightChain outer = waiter.outer();
        for (;;) {
            Flight flying = refresher.flight(this, demand.claims());
            if (flying != null) {
                join(flying, demand, waiter, outer);
                return;
            }
            Flight mine = new Flight(refresher, this, demand.claims(), outer);
            if (!refresher.claim(mine)) {
                continue;
            }
            if (demand.insists()) {
                mine.insist();
            }
            mine.join(waiter);
            launch(mine, demand);
            return;
        }
    }

    private void join(Flight flying, Demand demand, Waiter waiter, @Nullable FlightChain outer) {
        if (FlightChain.contains(outer, flying)) {
            waiter.fail(new IllegalStateException(refresher.credential() + ": the token request for " + key.scopes()
                    + " depends on itself. Use another credential for the calls that obtain its secret or assertion."));
            return;
        }
        if (demand.insists()) {
            flying.insist();
        }
        refresher.events().joined(key);
        flying.join(waiter);
    }

    /**
     * Starts a flight that has won its slot, unless another one landed between the look at the snapshot and the win: thread 1
     * sees no token and no flight; meanwhile thread 2's flight lands and frees the slot; thread 1 wins it. Only a second
     * look keeps thread 1 from asking again (F-1).
     */
    private void launch(Flight mine, Demand demand) {
        try {
            if (refresher.isClosed()) {
                mine.close();
            } else if (isStillWanted(demand)) {
                refresher.launch(mine);
            } else {
                mine.abandon();
            }
        } catch (Throwable t) {
            mine.crash(t);
        }
    }

    private boolean isStillWanted(Demand demand) {
        Decision decision = demand.decide(snapshot, refresher.clock().now());
        return decision == Decision.ACQUIRE || decision == Decision.USE_AND_REFRESH;
    }

    private void refreshInBackground() {
        if (slot != null || !refresher.tryBackground()) {
            return;
        }
        Flight mine = new Flight(refresher, this);
        if (refresher.claim(mine)) {
            launch(mine, Demand.PLAIN);
        } else {
            refresher.endBackground();
        }
    }

    Snapshot update(UnaryOperator<Snapshot> change) {
        for (;;) {
            Snapshot before = snapshot;
            Snapshot after = change.apply(before);
            if (before == after || SNAPSHOT.compareAndSet(this, before, after)) {
                return after;
            }
        }
    }

    long nextStart() {
        return (long) STARTS.getAndAdd(this, 1L) + 1;
    }

    /** Drops what was learnt; a flight under way serves who joined it, and lands without effect. */
    void forget() {
        update(before -> before.forgotten(starts));
        Flight flying = slot;
        if (flying != null) {
            freeSlot(flying);
        }
    }

    void reopen() {
        update(Snapshot::reopened);
    }

    @Nullable Flight slot() {
        return slot;
    }

    boolean claimSlot(Flight flight) {
        return SLOT.compareAndSet(this, null, flight);
    }

    void freeSlot(Flight flight) {
        SLOT.compareAndSet(this, flight, null);
    }

    @Override
    public String toString() {
        return "Entry[" + key + ", " + snapshot + "]";
    }
}
