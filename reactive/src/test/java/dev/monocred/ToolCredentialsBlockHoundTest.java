package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.TimeSource;
import dev.monocred.testing.BlockHoundSetup;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Promise 1: whoever asks a tool for a token, from a thread that must never block, does not block it. On the real scheduler:
 * the manual one has a lock.
 */
@Tag("blockhound")
class ToolCredentialsBlockHoundTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }

    static Stream<Function<TimeSource, ToolSubject>> subjects() {
        return Stream.of(ToolSubject::azureCli, ToolSubject::azureDeveloperCli, ToolSubject::azurePowerShell);
    }

    private static TimeSource movedBy(AtomicLong nanos) {
        return new TimeSource() {
            @Override
            public long nanos() {
                return nanos.get();
            }

            @Override
            public long wallMillis() {
                return ToolSubject.START.toEpochMilli() + nanos.get() / 1_000_000;
            }
        };
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("subjects")
    void askingAndClosingNeverBlockAParallelThread(Function<TimeSource, ToolSubject> subjects) {
        AtomicLong passed = new AtomicLong();
        try (ToolSubject subject = subjects.apply(movedBy(passed))) {
            Mono<Long> tokens = Flux.range(0, 10)
                    .flatMap(i -> subject.credential().getToken("https://resource-" + i + "/.default")
                            .subscribeOn(Schedulers.parallel()), 10)
                    .flatMap(token -> subject.credential().getToken("https://resource-0/.default"))
                    .count();
            StepVerifier.create(tokens).expectNext(10L).expectComplete().verify(Duration.ofSeconds(20));
            passed.set(Duration.ofSeconds(2).toNanos());
            StepVerifier.create(subject.credential().getToken("https://resource-0/.default").subscribeOn(Schedulers.parallel())
                    .then(subject.credential().close())).expectComplete().verify(Duration.ofSeconds(20));
            assertThat(subject.upstreamRequests()).isEqualTo(10);
        }
    }
}
