package dev.monocred.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The guard itself: without it, every other BlockHound test would pass whatever the code does. */
@Tag("blockhound")
class BlockHoundTest {

    @Test
    void blockingOnAParallelThreadIsDetected() {
        Mono<String> blocking = Mono.fromCallable(() -> {
            Thread.sleep(1);
            return "nobody noticed";
        }).subscribeOn(Schedulers.parallel());

        StepVerifier.create(blocking).verifyErrorSatisfies(
                error -> assertThat(error.getClass().getName()).isEqualTo("reactor.blockhound.BlockingOperationError"));
    }
}
