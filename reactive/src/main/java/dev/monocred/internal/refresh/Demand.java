package dev.monocred.internal.refresh;

import dev.monocred.core.refresh.Decision;
import dev.monocred.core.refresh.Snapshot;
import org.jspecify.annotations.Nullable;

/** What one subscriber needs: a pure question to a snapshot. */
@FunctionalInterface
interface Demand {

    /** A token, any token. */
    Demand PLAIN = Snapshot::decide;

    Decision decide(Snapshot snapshot, long now);

    /** Whether the held token will do. */
    default boolean isMetBy(Snapshot snapshot, long now) {
        Decision decision = decide(snapshot, now);
        return decision == Decision.USE || decision == Decision.USE_AND_REFRESH;
    }

    /** The claims that the token must satisfy besides; flights for different claims are different flights. */
    default @Nullable String claims() {
        return null;
    }

    /** Whether a flight already brought the rejected token again, and this is the last try. */
    default boolean insists() {
        return false;
    }

    /** Any token but this one; after so many repeats, even this one. */
    record NotRejected(String rejected, int enough) implements Demand {

        /** How many repeats are enough after the second further flight brought the rejected token again. */
        static int enough(String rejected, Snapshot seen) {
            return seen.holds(rejected) ? seen.repeats() + 2 : 1;
        }

        @Override
        public Decision decide(Snapshot snapshot, long now) {
            return snapshot.decideRejecting(rejected, enough, now);
        }

        @Override
        public boolean insists() {
            return enough != Integer.MAX_VALUE;
        }

        @Override
        public String toString() {
            return "NotRejected[enough=" + enough + "]";
        }
    }

    /** A token that satisfies these claims. */
    record Claims(String wanted, @Nullable String rejected, long reuse) implements Demand {

        @Override
        public Decision decide(Snapshot snapshot, long now) {
            return snapshot.decideClaims(wanted, rejected, reuse, now);
        }

        @Override
        public String claims() {
            return wanted;
        }

        @Override
        public String toString() {
            return "Claims[]";
        }
    }
}
