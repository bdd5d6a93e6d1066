package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.HOUR;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/** The Mono that is handed out (P-1 to P-5, A-1, faults 71 and 76). */
class TokenMonoTest {

    private final Stage stage = new Stage();
    private final Mono<AccessToken> mono = stage.refresher.acquire(REQUEST);

    @AfterEach
    void resetHooks() {
        Hooks.resetOnEachOperator();
    }

    // ---- P-2, P-3, P-4: nothing is evaluated before subscription, everything at each

    @Test
    void operatorsCannotReadItWhileAPipelineIsAssembled() {
        assertThat(mono).isNotInstanceOf(Callable.class).isNotInstanceOf(Supplier.class)
                .isNotInstanceOf(Fuseable.class).isNotInstanceOf(Fuseable.ScalarCallable.class);
    }

    static Stream<Named<Function<Mono<AccessToken>, Publisher<AccessToken>>>> operators() {
        return Stream.of(
                named("publishOn", stored -> stored.publishOn(Schedulers.immediate())),
                named("subscribeOn", stored -> stored.subscribeOn(Schedulers.immediate())),
                named("single", Mono::single),
                named("defaultIfEmpty", stored -> stored.defaultIfEmpty(AccessToken.of("default", Stage.START))),
                named("flux", Mono::flux),
                named("flatMap", stored -> stored.flatMap(Mono::just)),
                named("zip", stored -> Mono.zip(stored, stored, (one, two) -> two)),
                named("concat", stored -> Flux.concat(stored, Mono.empty())),
                named("merge", stored -> Flux.merge(stored, Mono.empty())),
                named("defer", stored -> Mono.defer(() -> stored)));
    }

    private static Named<Function<Mono<AccessToken>, Publisher<AccessToken>>> named(
            String name, Function<Mono<AccessToken>, Publisher<AccessToken>> operator) {
        return Named.of(name, operator);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operators")
    void aStoredPipelineGivesAFreshTokenEachTime(Function<Mono<AccessToken>, Publisher<AccessToken>> operator) {
        stage.source.answers(request -> Mono.fromSupplier(() -> stage.token("t" + stage.source.asked())));
        stage.ask();
        stage.events.lines().clear();
        Flux<AccessToken> pipeline = Flux.from(operator.apply(mono));
        assertThat(stage.events.lines()).as("asked while assembled").isEmpty();
        assertThat(texts(pipeline)).containsExactly("t1");
        stage.time.advance(HOUR);
        assertThat(texts(pipeline)).containsExactly("t2");
        assertThat(texts(pipeline)).containsExactly("t2");
    }

    private static List<String> texts(Flux<AccessToken> pipeline) {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        pipeline.subscribe(subscriber);
        return subscriber.getReceivedOnNext().stream().map(AccessToken::token).toList();
    }

    @Test
    void aHitIsEmittedOnTheSubscribersThread() {
        stage.hold("a");
        AtomicReference<Thread> thread = new AtomicReference<>();
        mono.subscribe(token -> thread.set(Thread.currentThread()));
        assertThat(thread).hasValue(Thread.currentThread());
    }

    @Test
    void aHitRespectsDemand() {
        stage.hold("a");
        TestSubscriber<AccessToken> subscriber = TestSubscriber.builder().initialRequest(0).build();
        mono.subscribe(subscriber);
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        subscriber.request(1);
        assertEmitted(subscriber, "a");
    }

    @Test
    void assemblyHooksSeeIt() {
        List<Publisher<?>> seen = new ArrayList<>();
        Hooks.onEachOperator(publisher -> {
            seen.add(publisher);
            return publisher;
        });
        Mono<AccessToken> assembled = stage.refresher.acquire(REQUEST);
        assertThat(seen).singleElement().isSameAs(assembled);
    }

    @Test
    void itTellsHowItRunsAndPrintsNoSecret() {
        assertThat(Scannable.from(mono).scan(Scannable.Attr.RUN_STYLE)).isEqualTo(Scannable.Attr.RunStyle.ASYNC);
        Mono<AccessToken> rejecting = stage.refresher.acquire(REQUEST.withRejectedToken(stage.token("a-planted-secret")).withClaims("planted-claims"));
        assertThat(rejecting.toString()).contains("api.invalid").doesNotContain("planted");
    }

    @Test
    void aWaiterCanBeScanned() {
        AtomicReference<Scannable> waiter = new AtomicReference<>();
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        mono.doOnSubscribe(subscription -> waiter.set(Scannable.from(subscription))).subscribe(subscriber);
        assertThat(waiter.get().scan(Scannable.Attr.TERMINATED)).isFalse();
        assertThat(waiter.get().scan(Scannable.Attr.ACTUAL)).isNotNull();
        stage.source.last().answer(stage.token("a"));
        assertThat(waiter.get().scan(Scannable.Attr.TERMINATED)).isTrue();
        assertThat(waiter.get().scan(Scannable.Attr.ACTUAL)).isNull();
        assertThat(waiter.get().scan(Scannable.Attr.CANCELLED)).isFalse();
    }

    // ---- block()

    @Test
    void blockingReturnsTheHeldToken() {
        AccessToken held = stage.hold("a");
        assertThat(mono.block()).isSameAs(held);
        assertThat(mono.block(Duration.ofMillis(1))).isSameAs(held);
        assertThat(mono.blockOptional()).containsSame(held);
        assertThat(mono.blockOptional(Duration.ofMillis(1))).containsSame(held);
        assertThat(stage.events.count("hit")).isEqualTo(4);
    }

    @Test
    void blockingWaitsForAFlight() throws Exception {
        CompletableFuture<AccessToken> waiting = CompletableFuture.supplyAsync(mono::block, task -> new Thread(task, "waits").start());
        while (stage.source.asked() == 0) {
            Thread.onSpinWait();
        }
        AccessToken token = stage.token("a");
        stage.source.last().answer(token);
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isSameAs(token);
    }

    @Test
    void blockingOnAThreadThatMustNotBlockIsRefusedEvenIfTheTokenIsHeld() {
        stage.hold("a");
        for (Callable<?> call : List.<Callable<?>>of(mono::block, () -> mono.block(Duration.ofSeconds(1)), mono::blockOptional,
                () -> mono.blockOptional(Duration.ofSeconds(1)))) {
            assertThatThrownBy(() -> Mono.fromCallable(call).subscribeOn(Schedulers.parallel()).block())
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("parallel-").hasMessageContaining("Subscribe to the Mono instead");
        }
        assertThat(stage.events.count("hit")).isZero();
    }

    @Test
    void whoBlocksTooBrieflyLeavesAndTheFlightGoesOn() {
        assertThatThrownBy(() -> mono.block(Duration.ofMillis(1))).isInstanceOf(IllegalStateException.class);
        assertThat(stage.source.last().isCancelled()).isFalse();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(stage.ask(), "a");
    }

    @Test
    void anInterruptedThreadIsServedFromTheCacheOnly() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(mono::block).isInstanceOf(RuntimeException.class);
            assertThat(Thread.currentThread().isInterrupted()).as("the flag is restored").isTrue();
            assertThat(stage.source.last().isCancelled()).isFalse();
            AccessToken token = stage.token("a");
            stage.source.last().answer(token);
            assertThat(mono.block()).isSameAs(token);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aVirtualThreadMayBlock() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads");
        CompletableFuture<AccessToken> waiting = new CompletableFuture<>();
        Runnable block = () -> waiting.complete(mono.block());
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, block);
        while (stage.source.asked() == 0) {
            Thread.onSpinWait();
        }
        AccessToken token = stage.token("a");
        stage.source.last().answer(token);
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isSameAs(token);
    }

    @Test
    void anExceptionThatBlockThrowsIsTheCallersOwn() {
        TestSubscriber<AccessToken> other = stage.ask();
        stage.source.last().fail(Stage.outage());
        assertThatThrownBy(mono::block).isNotSameAs(other.expectTerminalError()).hasMessageContaining("No new attempt");
        stage.time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
    }
}
