package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Promise 1: whoever asks a host for a token, from a thread that must never block, does not block it. */
@Tag("blockhound")
class HostCredentialsBlockHoundTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }

    static Stream<Function<Function<ManualTime, Scheduler>, Subject>> subjects() {
        return Stream.of(HostSubjects::imds, HostSubjects::appService, HostSubjects::machineLearning, HostSubjects::cloudShell,
                HostSubjects::arc, HostSubjects::serviceFabric, FederatedSubjects::identityBindings,
                FederatedSubjects::managedIdentityInAPod, FederatedSubjects::federatedManagedIdentity);
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("subjects")
    void askingAndClosingNeverBlockAParallelThread(Function<Function<ManualTime, Scheduler>, Subject> subjects) {
        try (Subject subject = subjects.apply(time -> Schedulers.parallel())) {
            Mono<Long> tokens = Flux.range(0, 10)
                    .flatMap(i -> subject.credential().getToken("https://resource-" + i + "/.default")
                            .subscribeOn(Schedulers.parallel()), 10)
                    .flatMap(token -> subject.credential().getToken("https://resource-0/.default"))
                    .count();
            StepVerifier.create(tokens).expectNext(10L).expectComplete().verify(Duration.ofSeconds(20));
            StepVerifier.create(subject.credential().close().subscribeOn(Schedulers.parallel())).expectComplete()
                    .verify(Duration.ofSeconds(20));
        }
    }
}
