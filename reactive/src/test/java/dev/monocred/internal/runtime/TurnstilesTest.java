package dev.monocred.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class TurnstilesTest {

    private final Turnstiles turnstiles = new Turnstiles(4);
    private final List<Sinks.One<String>> running = new ArrayList<>();

    private Mono<String> work() {
        return Mono.defer(() -> {
            Sinks.One<String> one = Sinks.one();
            running.add(one);
            return one.asMono();
        });
    }

    private List<Disposable> enter(int count) {
        List<Disposable> visitors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            visitors.add(turnstiles.pass("a", work()).subscribe(value -> {}, error -> {}));
        }
        return visitors;
    }

    @Test
    void nothingIsKeptOrRunBeforeSubscription() {
        Mono<String> entered = turnstiles.pass("a", work());

        assertThat(running).isEmpty();
        assertThat(turnstiles.isEmpty()).isTrue();
        assertThat(entered).isNotNull();
    }

    @Test
    void fourRunAndTheOthersWait() {
        enter(6);

        assertThat(running).hasSize(4);
    }

    @Test
    void whoeverEndsInWhateverWayMakesRoomForTheNext() {
        List<Disposable> visitors = enter(7);

        running.get(0).tryEmitValue("done");
        assertThat(running).as("after a value").hasSize(5);
        running.get(1).tryEmitError(new IllegalStateException("failed"));
        assertThat(running).as("after an error").hasSize(6);
        visitors.get(2).dispose();
        assertThat(running).as("after a cancel").hasSize(7);
    }

    @Test
    void whoLeavesTheLineIsNeverLetIn() {
        List<Disposable> visitors = enter(6);

        visitors.get(4).dispose();
        visitors.get(4).dispose();
        running.get(0).tryEmitValue("done");

        assertThat(running).as("the sixth, not the fifth").hasSize(5);
        running.get(1).tryEmitValue("done");
        assertThat(running).as("nobody is left").hasSize(5);
    }

    @Test
    void keysDoNotWaitForEachOther() {
        enter(6);

        StepVerifier.create(turnstiles.pass("b", Mono.just("through"))).expectNext("through").verifyComplete();
    }

    @Test
    void nothingIsLeftWhenAllHaveGone() {
        List<Disposable> visitors = enter(9);

        visitors.forEach(Disposable::dispose);

        assertThat(turnstiles.isEmpty()).isTrue();
    }

    @Test
    void workThatEndsAtOnceDoesNotDeepenTheStack() {
        enter(4);
        AtomicInteger through = new AtomicInteger();
        for (int i = 0; i < 100_000; i++) {
            turnstiles.pass("a", Mono.fromSupplier(through::incrementAndGet)).subscribe();
        }

        running.get(0).tryEmitValue("done");

        assertThat(through).hasValue(100_000);
    }

    @Test
    void noRoomIsLostWhenManyComeAndLeaveAtOnce() {
        Flux.range(0, 20_000)
                .flatMap(i -> {
                    Mono<Integer> pass = turnstiles.pass("a", Mono.just(i).publishOn(Schedulers.parallel()));
                    return i % 3 == 0 ? pass.takeUntilOther(Mono.fromRunnable(() -> {}).subscribeOn(Schedulers.parallel()))
                            : pass.subscribeOn(Schedulers.parallel());
                }, 64)
                .blockLast(Duration.ofSeconds(60));
        // Who is done is told so before its place is free: see the last ones off.
        long patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!turnstiles.isEmpty() && System.nanoTime() - patience < 0) {
            Thread.onSpinWait();
        }

        enter(5);
        assertThat(running).as("all four places are free again").hasSize(4);
    }
}
