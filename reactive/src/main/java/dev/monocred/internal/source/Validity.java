package dev.monocred.internal.source;

import reactor.core.publisher.Mono;

/**
 * Whether tokens that are held may still be given out, for a source whose account can change behind our back. A refresher
 * asks before it serves anything; between two looks a hit costs one comparison more.
 */
public interface Validity {

    /** Nothing that is held is ever given out: each request is an acquisition of its own. */
    Validity NEVER = new Validity() {
        @Override
        public boolean isDue(long now) {
            return true;
        }

        @Override
        public Mono<Void> look(long now, Runnable forget) {
            return Mono.fromRunnable(forget);
        }
    };

    /**
     * Asks whether it is time to look. Called on every hit: a comparison of two numbers, no more.
     *
     * @param now nanoseconds of the asker's clock; only differences mean something
     * @return {@code true} if nothing may be served before the next {@link #look(long, Runnable)} has completed
     */
    boolean isDue(long now);

    /**
     * Looks. Nothing happens before subscription; subscribers during a look share it.
     *
     * @param now nanoseconds of the same clock
     * @param forget drops what is held; called at most once, before completion, if it is no longer valid
     * @return completes when held tokens may be served again; never fails
     */
    Mono<Void> look(long now, Runnable forget);
}
