package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The contract for credentials that ask a person: what needs nobody is as everywhere, a prompt ends with who waits for it. */
interface PromptingCredentialContract extends UserCredentialContract {

    /** A flight goes on when everybody has left, also here: a refresh token that was sent must bring its successor home. */
    @Override
    @Test
    default void aRequestThatEverybodyLeftIsStillCached() {
        try (Subject subject = newSubject()) {
            subject.credential().getToken(subject.request()).block(Duration.ofSeconds(20));
            subject.time().advance(Duration.ofHours(2));
            subject.holdAnswers();
            List<CompletableFuture<AccessToken>> waiting = List.of(subject.credential().getToken(subject.request()).toFuture(),
                    subject.credential().getToken(subject.request()).toFuture());
            awaitUpstream(subject, 2);

            waiting.forEach(each -> each.cancel(true));
            subject.releaseAnswers();

            assertThat(subject.credential().getToken(subject.request()).block(Duration.ofSeconds(20))).isNotNull();
            assertThat(subject.upstreamRequests()).isEqualTo(2);
        }
    }

    private static void awaitUpstream(Subject subject, int count) {
        long start = System.nanoTime();
        while (subject.upstreamRequests() < count) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.onSpinWait();
        }
    }
}
