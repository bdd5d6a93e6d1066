package dev.monocred.bench;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One request, made ready outside the measurement: what a user's code holds in a constant. */
@FunctionalInterface
interface Call {

    /** Asks for the token the way a user of the library does. */
    Mono<?> getToken();

    /** The same, waiting for it. */
    default @Nullable Object block() {
        return getToken().block();
    }
}
