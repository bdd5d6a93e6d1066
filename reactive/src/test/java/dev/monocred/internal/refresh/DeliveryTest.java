package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.outage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

/** Who is called, where, in which order, and what happens when a subscriber misbehaves (F-8, F-14, F-15, H-2, H-3). */
class DeliveryTest {

    private final Stage stage = new Stage();

    @AfterEach
    void resetHooks() {
        Hooks.resetOnErrorDropped();
    }

    // ---- H-2, H-3

    @Test
    void upToThirtyTwoWaitersAreCalledInOrderOnTheLandingThread() {
        List<Integer> order = new ArrayList<>();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 32; i++) {
            int waiter = i;
            stage.refresher.acquire(REQUEST).subscribe(token -> {
                order.add(waiter);
                threads.add(Thread.currentThread());
            });
        }
        stage.source.last().answer(stage.token("a"));
        assertThat(order).hasSize(32).isSorted();
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void aHerdIsCalledInChunksElsewhereAndInOrderWithinEach() throws InterruptedException {
        int herd = 32 + 5 * 64 + 7;
        CountDownLatch served = new CountDownLatch(herd);
        ConcurrentLinkedQueue<Integer> arrivals = new ConcurrentLinkedQueue<>();
        Thread[] threads = new Thread[herd];
        for (int i = 0; i < herd; i++) {
            int waiter = i;
            stage.refresher.acquire(REQUEST).subscribe(token -> {
                arrivals.add(waiter);
                threads[waiter] = Thread.currentThread();
                served.countDown();
            });
        }
        stage.source.last().answer(stage.token("a"));
        assertThat(served.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(arrivals.stream().filter(waiter -> waiter < 32)).isSorted();
        for (int i = 0; i < herd; i++) {
            assertThat(threads[i] == Thread.currentThread()).as("waiter %d is called here", i).isEqualTo(i < 32);
        }
        for (int chunk = 32; chunk < herd; chunk += 64) {
            int from = chunk;
            assertThat(arrivals.stream().filter(waiter -> waiter >= from && waiter < from + 64)).as("chunk from %d", from).isSorted();
            for (int i = from; i < Math.min(from + 64, herd); i++) {
                assertThat(threads[i]).as("waiter %d of the chunk from %d", i, from).isSameAs(threads[from]);
            }
            assertThat(threads[from].getName()).startsWith("parallel-");
        }
    }

    @Test
    void aChunkThatNobodyTakesIsCalledOnTheLandingThread() {
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threadFactory) {
                ExecutorService gone = Executors.newSingleThreadExecutor(threadFactory);
                gone.shutdown();
                return Schedulers.fromExecutorService(gone);
            }
        });
        try {
            List<TestSubscriber<AccessToken>> herd = askTimes(200);
            stage.source.last().answer(stage.token("a"));
            assertThat(herd).allSatisfy(subscriber -> assertEmitted(subscriber, "a"));
        } finally {
            Schedulers.resetFactory();
        }
    }

    @Test
    void aLateArrivalDuringALongDeliveryIsAPlainHit() {
        List<String> late = new ArrayList<>();
        stage.refresher.acquire(REQUEST).subscribe(token -> late.addAll(stage.ask().getReceivedOnNext().stream().map(AccessToken::token).toList()));
        askTimes(10);
        stage.source.last().answer(stage.token("a"));
        assertThat(late).containsExactly("a");
        assertThat(stage.events.count("hit")).isEqualTo(1);
    }

    // ---- 51, 52

    @Test
    void tenThousandSubscribersAreOneRequest() {
        List<TestSubscriber<AccessToken>> herd = askTimes(10_000);
        AccessToken token = stage.token("a");
        stage.source.last().answer(token);
        for (TestSubscriber<AccessToken> subscriber : herd) {
            subscriber.block(Duration.ofSeconds(10));
            assertThat(subscriber.getReceivedOnNext()).singleElement().isSameAs(token);
        }
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void tenThousandSubscribersGetTenThousandExceptions() {
        List<TestSubscriber<AccessToken>> herd = askTimes(10_000);
        stage.source.last().fail(outage());
        Set<Throwable> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        for (TestSubscriber<AccessToken> subscriber : herd) {
            subscriber.block(Duration.ofSeconds(10));
            Throwable error = subscriber.expectTerminalError();
            assertThat(error).hasMessage("SomeCredential got no answer.");
            distinct.add(error);
        }
        assertThat(distinct).hasSize(10_000);
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.ask();
        assertThat(stage.source.asked()).as("behind the gate").isEqualTo(1);
    }

    @Test
    void blockingAHundredTimesBehindTheGateAddsNothingToAnybodysException() {
        stage.ask();
        stage.source.last().fail(outage());
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> stage.refresher.acquire(REQUEST).block())
                    .satisfies(error -> assertThat(error.getSuppressed()).as("block() adds one").hasSizeLessThanOrEqualTo(1));
        }
    }

    @Test
    void theTracebackOfOneSubscriberIsNotAnothers() {
        stage.source.answers(request -> Mono.<AccessToken>error(outage()).checkpoint("upstream"));
        List<Throwable> errors = new ArrayList<>();
        for (String subscriber : List.of("alice", "bob")) {
            stage.refresher.acquire(REQUEST).checkpoint("of " + subscriber).subscribe(token -> {}, errors::add);
        }
        assertThat(errors).hasSize(2);
        assertThat(tracebacks(errors.get(0))).contains("of alice").doesNotContain("of bob");
        assertThat(tracebacks(errors.get(1))).contains("of bob").doesNotContain("of alice");
    }

    private static String tracebacks(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable suppressed : error.getSuppressed()) {
            text.append(suppressed.getMessage());
        }
        return text.toString();
    }

    // ---- F-14

    @Test
    void aSubscriberThatThrowsStopsNobody() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        TestSubscriber<AccessToken> before = stage.ask();
        RuntimeException mine = new RuntimeException("thrown in onNext");
        stage.refresher.acquire(REQUEST).subscribe(new Raw(token -> { throw mine; }));
        TestSubscriber<AccessToken> after = stage.ask();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(before, "a");
        assertEmitted(after, "a");
        assertThat(dropped).containsExactly(mine);
    }

    @Test
    void aSubscriberThatThrowsInOnErrorStopsNobody() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        RuntimeException mine = new RuntimeException("thrown in onError");
        stage.refresher.acquire(REQUEST).subscribe(new Raw(token -> {}) {
            @Override
            public void onError(Throwable error) {
                throw mine;
            }
        });
        TestSubscriber<AccessToken> after = stage.ask();
        stage.source.last().fail(outage());
        after.expectTerminalError();
        assertThat(dropped).containsExactly(mine);
    }

    @Test
    void aDroppedErrorHookThatThrowsStopsNobody() {
        Hooks.onErrorDropped(error -> {
            throw new IllegalStateException("from the hook");
        });
        stage.refresher.acquire(REQUEST).subscribe(new Raw(token -> { throw new RuntimeException("from onNext"); }));
        TestSubscriber<AccessToken> after = stage.ask();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(after, "a");
    }

    @Test
    void aFatalErrorOfASubscriberIsThrownAfterEverybodyIsServed() {
        StackOverflowError fatal = new StackOverflowError("in onNext");
        stage.refresher.acquire(REQUEST).subscribe(new Raw(token -> { throw fatal; }));
        TestSubscriber<AccessToken> after = stage.ask();
        ScriptedSource.Call call = stage.source.last();
        assertThatThrownBy(() -> call.emit(stage.token("a"))).isSameAs(fatal);
        assertEmitted(after, "a");
        assertEmitted(stage.ask(), "a");
    }

    // ---- F-15

    @Test
    void aTokenWaitsUntilItIsRequested() {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.builder().initialRequest(0).build();
        stage.refresher.acquire(REQUEST).subscribe(subscriber);
        stage.source.last().answer(stage.token("a"));
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(subscriber.isTerminated()).isFalse();
        subscriber.request(1);
        assertEmitted(subscriber, "a");
    }

    @Test
    void aTokenRequestedTooLateIsNotEmittedAfterACancellation() {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.builder().initialRequest(0).build();
        stage.refresher.acquire(REQUEST).subscribe(subscriber);
        stage.source.last().answer(stage.token("a"));
        subscriber.cancel();
        subscriber.request(1);
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(subscriber.isTerminated()).isFalse();
    }

    @Test
    void anErrorNeedsNoRequest() {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.builder().initialRequest(0).build();
        stage.refresher.acquire(REQUEST).subscribe(subscriber);
        stage.source.last().fail(outage());
        assertThat(subscriber.isTerminatedError()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aWrongRequestIsAnErrorToThatSubscriberOnly(long wrong) {
        TestSubscriber<AccessToken> other = stage.ask();
        Raw subscriber = new Raw(token -> {});
        stage.refresher.acquire(REQUEST).subscribe(subscriber);
        subscriber.subscription().request(wrong);
        assertThat(subscriber.errors).singleElement().isInstanceOf(IllegalArgumentException.class)
                .satisfies(error -> assertThat(error).hasMessageContaining("3.9").hasMessageContaining("" + wrong));
        subscriber.subscription().request(1);
        stage.source.last().answer(stage.token("a"));
        assertThat(subscriber.errors).hasSize(1);
        assertThat(subscriber.received).isEmpty();
        assertEmitted(other, "a");
    }

    @Test
    void aWrongRequestAfterTheTokenCameIsAnErrorInsteadOfIt() {
        Raw subscriber = new Raw(token -> {}, 0);
        stage.refresher.acquire(REQUEST).subscribe(subscriber);
        stage.source.last().answer(stage.token("a"));
        subscriber.subscription().request(0);
        assertThat(subscriber.errors).hasSize(1);
        subscriber.subscription().request(1);
        assertThat(subscriber.received).isEmpty();
    }

    @Test
    void whoCancelsInOnNextIsNotToldOfTheEnd() {
        Raw[] self = new Raw[1];
        self[0] = new Raw(token -> self[0].subscription().cancel());
        Raw other = new Raw(token -> {});
        stage.refresher.acquire(REQUEST).subscribe(self[0]);
        stage.refresher.acquire(REQUEST).subscribe(other);
        stage.source.last().answer(stage.token("a"));
        assertThat(self[0].received).hasSize(1);
        assertThat(self[0].completions).isZero();
        assertThat(other.completions).isEqualTo(1);
    }

    @Test
    void aRequestAfterACancellationDoesNothing() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        subscriber.cancel();
        subscriber.request(1);
        subscriber.request(-1);
        stage.source.last().answer(stage.token("a"));
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(subscriber.isTerminated()).isFalse();
    }

    private List<TestSubscriber<AccessToken>> askTimes(int times) {
        List<TestSubscriber<AccessToken>> herd = new ArrayList<>(times);
        for (int i = 0; i < times; i++) {
            herd.add(stage.ask());
        }
        return herd;
    }

    /** A subscriber that does as told, without the operators' safety net. */
    private static class Raw implements CoreSubscriber<AccessToken> {

        final List<AccessToken> received = new ArrayList<>();
        final List<Throwable> errors = new ArrayList<>();
        int completions;
        private final Consumer<AccessToken> onNext;
        private final long demand;
        private Subscription subscription = Operators.emptySubscription();

        Raw(Consumer<AccessToken> onNext) {
            this(onNext, Long.MAX_VALUE);
        }

        Raw(Consumer<AccessToken> onNext, long demand) {
            this.onNext = onNext;
            this.demand = demand;
        }

        Subscription subscription() {
            return subscription;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            if (demand > 0) {
                subscription.request(demand);
            }
        }

        @Override
        public void onNext(AccessToken token) {
            received.add(token);
            onNext.accept(token);
        }

        @Override
        public void onError(Throwable error) {
            errors.add(error);
        }

        @Override
        public void onComplete() {
            completions++;
        }
    }
}
