package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.ManualTime;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** Bytes: exact where the JVM counts them, bounds where only the heap tells (D3, E-2, P-6, fault 56). */
class MemoryTest {

    private final ManualTime time = ManualTime.startingAt(Stage.START);
    private final ScriptedSource source = new ScriptedSource();
    private final TokenRefresher refresher = new TokenRefresher(source, UnaryOperator.identity(), new RefresherOptions(
            "SomeCredential", time, time.scheduler(), RefresherOptions.NETWORK_DEADLINE, 1_000_000, null));

    private AccessToken token() {
        return AccessToken.of("t", time.now().plus(Duration.ofHours(1)));
    }

    @Test
    void aWaiterIsThirtyTwoBytes() {
        CoreSubscriber<AccessToken> actual = new Nobody();
        Waiter[] waiters = new Waiter[1_000];
        long bytes = allocated(() -> {
            for (int i = 0; i < waiters.length; i++) {
                waiters[i] = new Waiter(actual, Demand.PLAIN);
            }
        });
        assertThat(bytes / waiters.length).isLessThanOrEqualTo(32);
    }

    @Test
    void aHitAllocatesItsMonoAndItsSubscriptionOnly() {
        source.answers(request -> Mono.just(token()));
        CoreSubscriber<AccessToken> subscriber = new Nobody();
        int times = 10_000;
        Runnable hits = () -> {
            for (int i = 0; i < times; i++) {
                refresher.acquire(REQUEST).subscribe(subscriber);
            }
        };
        hits.run();
        assertThat(allocated(hits) / times).isLessThanOrEqualTo(72);
        Runnable blocks = () -> {
            for (int i = 0; i < times; i++) {
                refresher.acquire(REQUEST).block();
            }
        };
        blocks.run();
        assertThat(allocated(blocks) / times).isLessThanOrEqualTo(24);
    }

    @Test
    void anEntryIsThreeHundredBytesAtMost() {
        AccessToken token = token();
        source.answers(request -> Mono.just(token));
        int keys = 50_000;
        TokenRequestContext[] requests = new TokenRequestContext[keys];
        for (int i = 0; i < keys; i++) {
            requests[i] = request(i);
        }
        refresher.acquire(REQUEST).block();
        long before = heap();
        for (TokenRequestContext request : requests) {
            refresher.acquire(request).block();
        }
        // The scheduler of the test keeps disposed deadlines until their time.
        time.advance(Duration.ofSeconds(31));
        long each = (heap() - before) / keys;
        assertThat(each).as("bytes beside request and token").isBetween(100L, 300L);
        assertThat(source.asked()).isEqualTo(keys + 1);
        assertThat(requests).hasSize(keys);
    }

    @Test
    void aStormOfJoinsAndCancellationsLeavesThirtyTwoBytesEach() {
        CoreSubscriber<AccessToken> leaves = new Nobody() {
            @Override
            public void onSubscribe(Subscription subscription) {
                cancelLater = subscription;
            }
        };
        Nobody subscriber = (Nobody) leaves;
        Disposable stays = refresher.acquire(REQUEST).subscribe();
        long before = heap();
        int times = 100_000;
        List<WeakReference<Object>> some = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            refresher.acquire(REQUEST).subscribe(subscriber);
            subscriber.cancelLater.cancel();
            if (i % 10_000 == 0) {
                some.add(new WeakReference<>(subscriber.cancelLater));
            }
        }
        subscriber.cancelLater = Operators.emptySubscription();
        // Others of this JVM use the heap too: their megabytes must not decide.
        assertThat((heap() - before) / times).as("a node of 32 bytes and nothing else").isLessThanOrEqualTo(64);
        assertThat(source.asked()).isEqualTo(1);
        source.last().answer(token());
        assertThat(some).as("given back with the landing").allMatch(MemoryTest::isCollected);
        assertThat(stays.isDisposed()).isTrue();
    }

    @Test
    void whoLeavesIsCollectedWhileTheFlightGoesOn() {
        WeakReference<Object> leaver = joinAndLeave();
        assertThat(isCollected(leaver)).isTrue();
        assertThat(source.last().isCancelled()).isFalse();
    }

    private WeakReference<Object> joinAndLeave() {
        byte[] world = new byte[1 << 16];
        Disposable subscription = refresher.acquire(REQUEST).subscribe(token -> world[0]++);
        subscription.dispose();
        return new WeakReference<>(world);
    }

    @Test
    void whoWasServedIsCollectedThoughItsSubscriptionIsKept() {
        Subscription[] kept = new Subscription[1];
        WeakReference<Object> served = joinAndKeep(kept);
        source.last().answer(token());
        assertThat(isCollected(served)).isTrue();
        assertThat(kept).doesNotContainNull();
    }

    private WeakReference<Object> joinAndKeep(Subscription[] kept) {
        byte[] world = new byte[1 << 16];
        refresher.acquire(REQUEST).subscribe(new Nobody() {
            @Override
            public void onSubscribe(Subscription subscription) {
                kept[0] = subscription;
                subscription.request(1);
            }

            @Override
            public void onNext(AccessToken token) {
                world[0]++;
            }
        });
        return new WeakReference<>(world);
    }

    private static boolean isCollected(WeakReference<?> reference) {
        for (int i = 0; i < 50 && reference.get() != null; i++) {
            System.gc();
        }
        return reference.get() == null;
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static long allocated(Runnable task) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        task.run();
        long before = threads.getThreadAllocatedBytes(id);
        task.run();
        return threads.getThreadAllocatedBytes(id) - before;
    }

    private static class Nobody implements CoreSubscriber<AccessToken> {

        Subscription cancelLater = Operators.emptySubscription();

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(AccessToken token) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
