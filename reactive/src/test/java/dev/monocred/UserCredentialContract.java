package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.testing.TokenCredentialContract;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The contract for credentials of people, with the one exception of DESIGN's promise 2. */
interface UserCredentialContract extends TokenCredentialContract {

    /** Who would redeem the same refresh token takes turns (refresher.md 5, DESIGN promise 2). */
    @Override
    @Test
    default void differentScopesDoNotWaitForEachOther() {
        try (Subject subject = newSubject()) {
            AccessToken first = value(subject.credential().getToken(subject.request()).toFuture());
            subject.time().advance(Duration.ofHours(2));
            subject.holdAnswers();
            CompletableFuture<AccessToken> one = subject.credential().getToken(subject.request()).toFuture();
            CompletableFuture<AccessToken> other = subject.credential().getToken(subject.otherRequest()).toFuture();
            subject.releaseAnswers();

            assertThat(value(one).token()).isNotEqualTo(first.token()).isNotEqualTo(value(other).token());
            assertThat(subject.upstreamRequests()).isEqualTo(3);
        }
    }

    private static <T> T value(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }
}
