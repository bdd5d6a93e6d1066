package dev.monocred.internal.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.test.util.RaceTestUtils;

class SharedWorkTest {

    private final SharedWork<String, Integer> shared = new SharedWork<>();
    private final ConcurrentLinkedQueue<MonoSink<Integer>> running = new ConcurrentLinkedQueue<>();
    private final AtomicInteger starts = new AtomicInteger();

    private final Mono<Integer> work = Mono.create(sink -> {
        starts.incrementAndGet();
        running.add(sink);
        sink.onDispose(() -> running.remove(sink));
    });

    @Test
    void isDoneOnceForAllWhoWaitAndAnewForWhoComesLater() {
        List<Integer> got = new ArrayList<>();
        shared.join("a", work).subscribe(got::add);
        shared.join("a", work).subscribe(got::add);
        shared.join("b", work).subscribe(got::add);
        assertThat(starts).hasValue(2);

        running.forEach(sink -> sink.success(starts.get()));
        assertThat(got).containsExactly(2, 2, 2);
        shared.join("a", work).subscribe(got::add);
        assertThat(starts).hasValue(3);
    }

    @Test
    void isOutOfTheWayBeforeAnybodyHearsOfIt() {
        List<Integer> got = new ArrayList<>();
        shared.join("a", work).flatMap(first -> shared.join("a", Mono.just(first + 1))).subscribe(got::add);

        running.forEach(sink -> sink.success(1));

        assertThat(got).containsExactly(2);
    }

    @Test
    void emitsWhatIsThereAtOnce() {
        List<Integer> got = new ArrayList<>();
        shared.join("a", Mono.just(1)).subscribe(got::add);
        shared.join("a", Mono.just(2)).subscribe(got::add);

        assertThat(got).containsExactly(1, 2);
    }

    @Test
    void endsWithAnErrorForAllWhenItIsToldTo() {
        List<Throwable> errors = new ArrayList<>();
        shared.join("a", work).subscribe(value -> { }, errors::add);

        shared.fail(new IllegalStateException("closed"));

        assertThat(errors).hasSize(1);
        assertThat(running).isEmpty();
    }

    /** refresher.md, fault 55: either the old work serves who joins, or a new one starts; never a hang. */
    @Test
    void servesWhoComesWhileTheLastOneLeaves() {
        for (int round = 0; round < 20_000; round++) {
            List<Integer> got = new CopyOnWriteArrayList<>();
            Disposable last = shared.join("a", work).subscribe();

            RaceTestUtils.race(Schedulers.parallel(), last::dispose, () -> shared.join("a", work).subscribe(got::add));
            assertThat(running).as("one, old or new").hasSize(1);
            running.forEach(sink -> sink.success(1));

            assertThat(got).containsExactly(1);
            assertThat(running).isEmpty();
        }
    }
}
