package dev.monocred.core.refresh;

import dev.monocred.core.AccessToken;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about one request: the token held, its times, and the failures since. Immutable; what to do is
 * derived from it and the time (refresher.md 2 and 4), never stored. Every time is an instant of the adjusted clock, in
 * nanoseconds that may wrap: they are compared by difference (T-11).
 */
public final class Snapshot {

    /** Nothing is known. */
    public static final Snapshot EMPTY = new Snapshot(null, 0, 0, 0, 0, 0, 0, Gate.OPEN, null);

    /** For how long a server that gave a rejected token again and again is taken at its word (refresher.md 4). */
    private static final long INSISTENCE = 30_000_000_000L;

    private final @Nullable AccessToken token;
    private final long startSeq;
    private final long refreshAt;
    private final long usableUntil;
    private final long hardAt;
    private final int repeats;
    private final long insistedUntil;
    private final Gate gate;
    private final @Nullable ClaimsMemory claims;

    private Snapshot(@Nullable AccessToken token, long startSeq, long refreshAt, long usableUntil, long hardAt, int repeats,
            long insistedUntil, Gate gate, @Nullable ClaimsMemory claims) {
        this.token = token;
        this.startSeq = startSeq;
        this.refreshAt = refreshAt;
        this.usableUntil = usableUntil;
        this.hardAt = hardAt;
        this.repeats = repeats;
        this.insistedUntil = insistedUntil;
        this.gate = gate;
        this.claims = claims;
    }

    /**
     * What a flight brought.
     *
     * @param token the token
     * @param claims what the flight asked for besides, or {@code null}
     * @param startSeq the flight's place in the order of starts
     * @param insisting whether somebody still rejects the held token although a flight brought it again
     * @param remaining how long the token lives from now; positive
     * @param hint how long from now the server wants it replaced; zero or less for none
     */
    public record Landing(AccessToken token, @Nullable String claims, long startSeq, boolean insisting, long remaining,
            long hint) {}

    /** No attempt before {@code until}, after so many failures in a row. */
    private record Gate(int failures, long until, @Nullable Failure failure) {

        static final Gate OPEN = new Gate(0, 0, null);

        boolean isClosed(long now) {
            return failures > 0 && now - until < 0;
        }
    }

    /** Which claims the held token satisfies, and which a flight last failed to get. */
    private record ClaimsMemory(@Nullable String satisfied, long satisfiedAt, @Nullable String refused, Gate gate) {}

    /**
     * The token held, usable or not.
     *
     * @return the token, or {@code null}
     */
    public @Nullable AccessToken token() {
        return token;
    }

    /**
     * From when on a new token is looked for. Before it, a held token is simply emitted.
     *
     * @return an instant; meaningless without a token
     */
    public long refreshAt() {
        return refreshAt;
    }

    /**
     * Until when nobody waits.
     *
     * @return an instant; meaningless without a token
     */
    public long usableUntil() {
        return usableUntil;
    }

    /**
     * From when on the resource refuses the held token.
     *
     * @return an instant; meaningless without a token
     */
    public long hardAt() {
        return hardAt;
    }

    /**
     * How often in a row flights brought the held token again.
     *
     * @return zero for a token that came once
     */
    public int repeats() {
        return repeats;
    }

    /**
     * The start order of the flight that brought the held token.
     *
     * @return its number; zero if there was none
     */
    public long startSeq() {
        return startSeq;
    }

    /**
     * Whether subscribers are served the held token.
     *
     * @param now the time
     * @return {@code false} too if none is held
     */
    public boolean isUsable(long now) {
        return token != null && now - usableUntil < 0;
    }

    /**
     * Whether this holds exactly that token.
     *
     * @param text a token's text
     * @return whether it does
     */
    public boolean holds(@Nullable String text) {
        return token != null && token.token().equals(text);
    }

    /**
     * What to do for a subscriber who asks for a token and nothing else.
     *
     * @param now the time
     * @return the decision
     */
    public Decision decide(long now) {
        if (isUsable(now)) {
            return now - refreshAt < 0 || gate.isClosed(now) ? Decision.USE : Decision.USE_AND_REFRESH;
        }
        return gate.isClosed(now) ? Decision.GATED : Decision.ACQUIRE;
    }

    /**
     * What to do for a subscriber who reports a token that the resource refused.
     *
     * @param rejected the refused token's text
     * @param enough after so many {@linkplain #repeats() repeats} it is given out all the same
     * @param now the time
     * @return the decision
     */
    public Decision decideRejecting(String rejected, int enough, long now) {
        if (!isUsable(now) || !holds(rejected)) {
            return decide(now);
        }
        if (repeats >= enough || (insistedUntil != 0 && now - insistedUntil < 0)) {
            return Decision.USE;
        }
        return gate.isClosed(now) ? Decision.GATED : Decision.ACQUIRE;
    }

    /**
     * What to do for a subscriber who asks for claims: equal challenges that arrive within {@code reuse} are one (F-16).
     *
     * @param wanted the claims
     * @param rejected the text of a token that the resource refused, or {@code null}
     * @param reuse how long a token that satisfied the same claims serves them again
     * @param now the time
     * @return the decision
     */
    public Decision decideClaims(String wanted, @Nullable String rejected, long reuse, long now) {
        if (claims != null && wanted.equals(claims.satisfied) && now - claims.satisfiedAt < reuse && isUsable(now)
                && !holds(rejected)) {
            return Decision.USE;
        }
        return gateFor(wanted).isClosed(now) ? Decision.GATED : Decision.ACQUIRE;
    }

    /**
     * Why no attempt is made.
     *
     * @param wanted the claims asked for, or {@code null}
     * @return the last failure that counts for them, or {@code null} if there was none
     */
    public @Nullable Failure lastFailure(@Nullable String wanted) {
        return gateFor(wanted).failure;
    }

    /**
     * Before when no attempt is made.
     *
     * @param wanted the claims asked for, or {@code null}
     * @return an instant; meaningless if nothing failed
     */
    public long nextAttemptAt(@Nullable String wanted) {
        return gateFor(wanted).until;
    }

    /** What counts for these claims: their own last failure, or a pause that the server wants of everybody if it is longer. */
    private Gate gateFor(@Nullable String wanted) {
        if (wanted == null) {
            return gate;
        }
        Gate pause = gate.failure != null && gate.failure.kind() == FailureKind.THROTTLED ? gate : Gate.OPEN;
        if (claims == null || !wanted.equals(claims.refused)) {
            return pause;
        }
        return pause.failures > 0 && pause.until - claims.gate.until > 0 ? pause : claims.gate;
    }

    /**
     * Whether a walk over all entries may drop this one: it holds neither a token of use nor a closed gate.
     *
     * @param now the time
     * @return whether nothing is lost
     */
    public boolean isWorthless(long now) {
        return (token == null || now - hardAt >= 0) && !gate.isClosed(now);
    }

    /**
     * After a flight brought a token. An older flight than the one that brought the held token changes nothing (F-17).
     *
     * @param landing what it brought
     * @param now the time
     * @param jitter a number from 0 (inclusive) to 1
     * @return the next snapshot, or this one
     */
    public Snapshot landed(Landing landing, long now, double jitter) {
        if (landing.startSeq - startSeq <= 0) {
            return this;
        }
        ClaimsMemory memory = landing.claims == null ? null : new ClaimsMemory(landing.claims, now, null, Gate.OPEN);
        if (token != null && holds(landing.token.token())) {
            RefreshPolicy.Schedule plan = RefreshPolicy.planRepeated(landing.remaining);
            return new Snapshot(landing.token, landing.startSeq, now + plan.refreshAfter(), now + plan.usableFor(),
                    now + plan.lifetime(), repeats + 1, landing.insisting ? odd(now + INSISTENCE) : insistedUntil,
                    Gate.OPEN, memory);
        }
        RefreshPolicy.Schedule plan = RefreshPolicy.plan(landing.remaining, landing.hint, jitter);
        return new Snapshot(landing.token, landing.startSeq, now + plan.refreshAfter(), now + plan.usableFor(),
                now + plan.lifetime(), 0, 0, Gate.OPEN, memory);
    }

    /** Zero means "never": one nanosecond more never matters. */
    private static long odd(long instant) {
        return instant | 1;
    }

    /**
     * After a flight failed. Never shortens the service of a usable token; one that is no longer usable is let go. An older
     * flight than the one that brought the held token changes nothing.
     *
     * @param failure why
     * @param wanted the claims that the flight asked for, or {@code null}
     * @param failedSeq the flight's place in the order of starts
     * @param startedAt when the flight started
     * @param wish how long from now the server wants no request; zero or less if it said nothing
     * @param now the time
     * @param jitter a number from 0 (inclusive) to 1
     * @return the next snapshot, or this one
     */
    public Snapshot failed(Failure failure, @Nullable String wanted, long failedSeq, long startedAt, long wish, long now,
            double jitter) {
        if (failedSeq - startSeq <= 0) {
            return this;
        }
        boolean usable = isUsable(now);
        Gate next = gate;
        ClaimsMemory memory = claims;
        if (wanted != null) {
            Gate earlier = claims != null && wanted.equals(claims.refused) ? claims.gate : Gate.OPEN;
            memory = new ClaimsMemory(claims == null ? null : claims.satisfied, claims == null ? 0 : claims.satisfiedAt,
                    wanted, after(earlier, failure, false, startedAt, wish, now, jitter));
        }
        if (wanted == null || failure.kind() == FailureKind.THROTTLED) {
            next = after(gate, failure, usable, startedAt, wish, now, jitter);
        }
        return new Snapshot(usable ? token : null, startSeq, refreshAt, usableUntil, hardAt, repeats, insistedUntil, next,
                memory);
    }

    private Gate after(Gate earlier, Failure failure, boolean usable, long startedAt, long wish, long now, double jitter) {
        int failures = earlier.failures + 1;
        if (failure.kind() == FailureKind.THROTTLED && wish > 0) {
            return new Gate(failures, now + Backoff.pauseAsked(wish, jitter), failure);
        }
        long until = now + Backoff.pause(failure.kind(), failures, usable, jitter);
        if (usable && failure.kind() != FailureKind.THROTTLED) {
            // One more attempt just when everybody would begin to wait (B-1; a terminal failure may be mended by then too).
            until = earlier(until, usableUntil);
            until = later(until, startedAt + Backoff.CLOSEST_STARTS);
        }
        return new Gate(failures, until, failure);
    }

    private static long earlier(long a, long b) {
        return a - b <= 0 ? a : b;
    }

    private static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }

    /**
     * After everything that was learnt became somebody else's: a command-line tool's account changed. Flights that are
     * under way land without effect.
     *
     * @param seq the last place in the order of starts that was given out
     * @return a snapshot without a token
     */
    public Snapshot forgotten(long seq) {
        return new Snapshot(null, seq, 0, 0, 0, 0, 0, Gate.OPEN, null);
    }

    /**
     * After what failed may succeed: somebody signed in. What the server asked for still holds.
     *
     * @return a snapshot with open gates, or this one
     */
    public Snapshot reopened() {
        boolean isThrottled = gate.failure != null && gate.failure.kind() == FailureKind.THROTTLED;
        if (isThrottled || (gate.failures == 0 && (claims == null || claims.gate.failures == 0))) {
            return this;
        }
        return new Snapshot(token, startSeq, refreshAt, usableUntil, hardAt, repeats, insistedUntil, Gate.OPEN,
                claims == null ? null : new ClaimsMemory(claims.satisfied, claims.satisfiedAt, null, Gate.OPEN));
    }

    @Override
    public String toString() {
        return "Snapshot[token=" + token + ", repeats=" + repeats + ", failures=" + gate.failures + "]";
    }
}
