package dev.monocred.internal.refresh;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The flights that wait for each other, from the innermost outwards. It travels in the Reactor {@link Context} of a flight,
 * which holds nothing else (F-12): a token request that would wait for itself is seen at once instead of hanging (F-11).
 */
record FlightChain(Flight flight, @Nullable FlightChain outer) {

    static @Nullable FlightChain in(ContextView context) {
        return context.getOrDefault(FlightChain.class, null);
    }

    static boolean contains(@Nullable FlightChain chain, Flight flight) {
        for (FlightChain link = chain; link != null; link = link.outer) {
            if (link.flight == flight) {
                return true;
            }
        }
        return false;
    }

    Context toContext() {
        return Context.of(FlightChain.class, this);
    }

    @Override
    public String toString() {
        return "FlightChain[" + flight + (outer == null ? "" : " in " + outer) + "]";
    }
}
