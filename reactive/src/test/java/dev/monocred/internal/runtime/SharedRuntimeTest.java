package dev.monocred.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.internal.runtime.SharedRuntime.Lease;
import dev.monocred.internal.runtime.SharedRuntime.PoolLimits;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** C-1, C-4, A-6. Other tests of this JVM may hold the runtime, so nothing here asks whether it is the first or the last. */
class SharedRuntimeTest {

    @Test
    void thePoolHasTheNumbersOfSection11() {
        assertThat(PoolLimits.DEFAULTS).isEqualTo(new PoolLimits(128, 1000, Duration.ofSeconds(10), Duration.ofSeconds(30),
                Duration.ofMinutes(5), Duration.ofSeconds(30)));
    }

    @Test
    void allLeasesShareOneRuntime() {
        Lease one = SharedRuntime.lease();
        Lease two = SharedRuntime.lease();

        assertThat(one.io()).isSameAs(two.io());
        assertThat(one.process()).isSameAs(two.process()).isNotSameAs(one.io());
        assertThat(one.httpClient()).isSameAs(two.httpClient());
        assertThat(one.shared(StringBuilder.class, StringBuilder::new)).isSameAs(two.shared(StringBuilder.class, StringBuilder::new));
        one.release();
        two.release();
    }

    @Test
    void aLeaseThatWasGivenBackIsOverAndDisturbsNobody() {
        Lease one = SharedRuntime.lease();
        Lease two = SharedRuntime.lease();
        two.io();
        one.io();

        one.release();
        one.release();

        assertThatThrownBy(one::io).isInstanceOf(IllegalStateException.class).hasMessage("credential is closed");
        assertThat(Mono.fromCallable(() -> "runs").subscribeOn(two.io()).block(Duration.ofSeconds(5))).isEqualTo("runs");
        two.release();
    }

    @Test
    void aLeaseThatWasNeverUsedCanBeGivenBack() {
        Lease lease = SharedRuntime.lease();

        lease.release();

        assertThatThrownBy(lease::process).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theLastLeaseTakesTheRuntimeWithItAndTheNextUseMakesAnother() {
        Lease one = SharedRuntime.lease();
        Lease two = SharedRuntime.lease();
        var before = one.io();
        two.io();

        one.release();
        two.release();

        Lease next = SharedRuntime.lease();
        if (next.io() != before) {
            // It ends on a thread of its own, so not at once.
            Mono.fromSupplier(before::isDisposed).repeat().takeUntil(isDisposed -> isDisposed).blockLast(Duration.ofSeconds(20));
            assertThatThrownBy(() -> before.schedule(() -> {})).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(Mono.fromCallable(() -> "runs").subscribeOn(next.io()).block(Duration.ofSeconds(5))).isEqualTo("runs");
        next.release();
    }

    @Test
    void leasingByManyThreadsLosesNoUserAndLeavesNone() {
        Flux.range(0, 2000)
                .flatMap(i -> Mono.defer(() -> {
                    Lease lease = SharedRuntime.lease();
                    // Each task is waited for: more at once than the queue holds would be refused, and rightly so.
                    return Mono.fromCallable(() -> i).subscribeOn(lease.io()).doFinally(signal -> lease.release());
                }).subscribeOn(Schedulers.parallel()), 16)
                .then().block(Duration.ofSeconds(30));

        Lease after = SharedRuntime.lease();
        assertThat(Mono.fromCallable(() -> "runs").subscribeOn(after.io()).block(Duration.ofSeconds(5))).isEqualTo("runs");
        after.release();
    }

    @Test
    void usingALeaseStartsNoThreadAndItsThreadsAreDaemonsWithoutTheCallersLocals() {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        local.set("mine");
        Lease lease = SharedRuntime.lease();
        Set<Thread> before = threads();
        lease.process();
        lease.io();
        assertThat(threads()).as("by use alone").isSubsetOf(before);

        List<String> seen = Flux.fromStream(IntStream.range(0, 20).boxed())
                .flatMap(i -> Mono.fromCallable(() -> Thread.currentThread().getName().replaceAll("\\d+$", "N")
                        + " " + Thread.currentThread().isDaemon() + " " + local.get()).subscribeOn(lease.process()))
                .distinct().collectList().block(Duration.ofSeconds(5));

        assertThat(seen).containsExactly("monocred-process-N true null");
        assertThat(threads().stream().filter(thread -> thread.getName().startsWith("monocred-process")).count())
                .isLessThanOrEqualTo(SharedRuntime.ThreadLimits.THREADS);
        lease.release();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("monocred-")).collect(Collectors.toSet());
    }

    @Test
    void thePoolsAreSmallAndTheirQueueIsBounded() {
        assertThat(SharedRuntime.ThreadLimits.THREADS).isEqualTo(4);
        assertThat(SharedRuntime.ThreadLimits.QUEUE).isEqualTo(1000);
        assertThat(SharedRuntime.ThreadLimits.IDLE_SECONDS).isPositive();
    }
}
