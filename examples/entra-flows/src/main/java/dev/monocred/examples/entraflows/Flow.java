package dev.monocred.examples.entraflows;

import dev.monocred.testing.FakeEntra;
import reactor.core.publisher.Mono;

/** One way to a token. */
@FunctionalInterface
interface Flow {

    /** Goes it, and says in a few lines what happened. */
    Mono<String> run(FakeEntra entra);
}
