package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

@Timeout(60)
class ManualTimeTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualTime time = ManualTime.startingAt(START);
    private final Scheduler scheduler = time.scheduler();
    private final List<String> ran = new ArrayList<>();

    @Nested
    class Clocks {

        @Test
        void standStillUntilTheyAreMoved() {
            long nanos = time.nanos();

            assertThat(time.now()).isEqualTo(START);
            time.advance(Duration.ofSeconds(90));

            assertThat(time.now()).isEqualTo(START.plusSeconds(90));
            assertThat(time.wallMillis()).isEqualTo(START.toEpochMilli() + 90_000);
            assertThat(time.nanos() - nanos).isEqualTo(90_000_000_000L);
            assertThat(scheduler.now(TimeUnit.SECONDS)).isEqualTo(90);
        }

        @Test
        void doNotRunBackwards() {
            assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT-1S");
        }

        @Test
        void theWallClockAloneCanBeSet() {
            time.stepWall(Duration.ofHours(-1));

            assertThat(time.now()).isEqualTo(START.minus(Duration.ofHours(1)));
            assertThat(time.nanos()).isZero();
        }

        @Test
        void theMonotonicClockOverflowsAsARealOneMay() {
            ManualTime late = ManualTime.startingAt(START, Long.MAX_VALUE - 1);
            long before = late.nanos();

            late.advance(Duration.ofNanos(10));

            assertThat(late.nanos()).isNegative();
            assertThat(late.nanos() - before).isEqualTo(10);
            assertThat(late.now()).isEqualTo(START);
        }

        @Test
        void neverRunBackwardsForAConcurrentReader() throws Exception {
            AtomicBoolean isOver = new AtomicBoolean();
            AtomicReference<String> backwards = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                long last = time.nanos();
                while (!isOver.get()) {
                    long next = time.nanos();
                    if (next < last) {
                        backwards.set(last + " then " + next);
                    }
                    last = next;
                }
            });
            reader.start();
            for (int i = 0; i < 20_000; i++) {
                scheduler.schedule(() -> { }, 1, TimeUnit.MILLISECONDS);
                time.advance(Duration.ofMillis(2));
            }
            isOver.set(true);
            reader.join();

            assertThat(backwards).hasNullValue();
        }
    }

    @Nested
    class Tasks {

        @Test
        void runInOrderAtTheirOwnTime() {
            after(3, "c");
            after(1, "a");
            after(2, "b1");
            after(2, "b2");
            after(9, "never");

            time.advance(Duration.ofSeconds(5));

            assertThat(ran).containsExactly("a@1", "b1@2", "b2@2", "c@3");
            assertThat(time.now()).isEqualTo(START.plusSeconds(5));
        }

        @Test
        void runOnTheThreadThatMovesTime() {
            AtomicReference<Thread> thread = new AtomicReference<>();
            scheduler.schedule(() -> thread.set(Thread.currentThread()), 1, TimeUnit.SECONDS);

            time.advance(Duration.ofSeconds(1));

            assertThat(thread).hasValue(Thread.currentThread());
        }

        @Test
        void runAtOnceWithoutADelay() {
            scheduler.schedule(() -> note("now"));
            scheduler.schedule(() -> note("negative"), -5, TimeUnit.SECONDS);

            assertThat(ran).containsExactly("now@0", "negative@0");
        }

        @Test
        void thatATaskSchedulesRunWithinTheSameMove() {
            scheduler.schedule(() -> {
                after(1, "later");
                after(0, "at once");
                note("first");
            }, 1, TimeUnit.SECONDS);

            time.advance(Duration.ofSeconds(2));

            assertThat(ran).containsExactly("first@1", "at once@1", "later@2");
        }

        @Test
        void mayMoveTimeThemselves() {
            scheduler.schedule(() -> time.advance(Duration.ofSeconds(5)), 1, TimeUnit.SECONDS);
            after(4, "pulled in");

            time.advance(Duration.ofSeconds(2));

            assertThat(ran).containsExactly("pulled in@4");
            assertThat(time.now()).isEqualTo(START.plusSeconds(7));
        }

        @Test
        void thatAreDisposedDoNotRun() {
            Disposable task = scheduler.schedule(() -> note("disposed"), 1, TimeUnit.SECONDS);
            Scheduler.Worker worker = scheduler.createWorker();
            worker.schedule(() -> note("worker's"), 1, TimeUnit.SECONDS);
            task.dispose();
            worker.dispose();

            time.advance(Duration.ofSeconds(2));

            assertThat(ran).isEmpty();
            assertThatThrownBy(() -> worker.schedule(() -> { })).isInstanceOf(RejectedExecutionException.class);
        }

        @Test
        void thatThrowReachTheMoverAndTheOthersRunWithTheNextMove() {
            scheduler.schedule(() -> {
                throw new IllegalStateException("task");
            }, 1, TimeUnit.SECONDS);
            after(1, "other");

            assertThatThrownBy(() -> time.advance(Duration.ofSeconds(2))).hasMessage("task");
            time.advance(Duration.ZERO);

            assertThat(ran).containsExactly("other@1");
            assertThat(time.now()).isEqualTo(START.plusSeconds(2));
        }

        @Test
        void thatRepeatRunOncePerPeriodUntilDisposed() {
            Disposable task = scheduler.schedulePeriodically(() -> note("tick"), 1, 2, TimeUnit.SECONDS);

            time.advance(Duration.ofSeconds(6));
            task.dispose();
            time.advance(Duration.ofSeconds(6));

            assertThat(ran).containsExactly("tick@1", "tick@3", "tick@5");
        }

        @Test
        void servesReactorsOperators() {
            Mono.delay(Duration.ofHours(1), scheduler).subscribe(tick -> note("delay"));
            Mono.never().timeout(Duration.ofHours(2), scheduler).subscribe(never -> { }, error -> note("timeout"));
            Flux.interval(Duration.ofHours(1), scheduler).take(3).subscribe(tick -> note("interval"));

            time.advance(Duration.ofHours(24));

            assertThat(ran).containsExactly("delay@3600", "interval@3600", "timeout@7200", "interval@7200", "interval@10800");
        }

        @Test
        void farInTheFutureNeverRun() {
            scheduler.schedule(() -> note("never"), Long.MAX_VALUE, TimeUnit.DAYS);

            time.advance(Duration.ofDays(365));

            assertThat(ran).isEmpty();
        }

        @Test
        void ofManyThreadsAllRunExactlyOnceWhileTimeMoves() throws Exception {
            Queue<Integer> seen = new ConcurrentLinkedQueue<>();
            AtomicInteger started = new AtomicInteger();
            CountDownLatch isOver = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) {
                new Thread(() -> {
                    for (int n = 0; n < 2_500; n++) {
                        int id = started.getAndIncrement();
                        scheduler.schedule(() -> seen.add(id), id % 7, TimeUnit.SECONDS);
                    }
                    isOver.countDown();
                }).start();
            }
            while (isOver.getCount() > 0) {
                time.advance(Duration.ofSeconds(1));
            }
            time.advance(Duration.ofSeconds(7));

            assertThat(seen).hasSize(10_000).doesNotHaveDuplicates();
        }

        private void after(long seconds, String name) {
            scheduler.schedule(() -> note(name), seconds, TimeUnit.SECONDS);
        }
    }

    private void note(String name) {
        ran.add(name + "@" + Duration.between(START, time.now()).toSeconds());
    }
}
