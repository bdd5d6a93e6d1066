package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** Promise 1: whatever the refresher does, it does not block the thread that asks, nor the one that lands. */
@Tag("blockhound")
class RefresherBlockHoundTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://example.org/.default");
    private static final int HERD = 1_000;

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final ConcurrentLinkedQueue<Throwable> dropped = new ConcurrentLinkedQueue<>();
    private final List<MonoSink<AccessToken>> asked = new ArrayList<>();
    private final List<TestSubscriber<AccessToken>> herd = new ArrayList<>();
    private final TokenRefresher refresher = refresher(request -> Mono.create(asked::add));

    @BeforeEach
    void noticeWhatIsDropped() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void nothingBlockedUnseen() {
        Hooks.resetOnErrorDropped();
        assertThat(dropped).isEmpty();
    }

    @Test
    void aMissThenAHit() {
        onParallelThread(() -> {
            TestSubscriber<AccessToken> miss = ask(REQUEST);
            land();
            TestSubscriber<AccessToken> hit = ask(REQUEST);

            assertThat(Stream.of(miss, hit)).allSatisfy(one -> assertThat(one.getReceivedOnNext()).hasSize(1));
        });
    }

    @Test
    void aHerdThatJoinsAndIsServed() {
        onParallelThread(() -> {
            askInHerd();
            assertThat(asked).hasSize(1);
            land();
        });

        waitForHerd();
        assertThat(herd).allSatisfy(one -> assertThat(one.getReceivedOnNext()).hasSize(1));
    }

    @Test
    void aHerdThatCancels() {
        onParallelThread(() -> {
            askInHerd();
            herd.forEach(TestSubscriber::cancel);
            land();
        });

        assertThat(herd).allSatisfy(one -> assertThat(one.getReceivedOnNext()).isEmpty());
    }

    @Test
    void aHerdThatIsTurnedAwayByClose() {
        onParallelThread(() -> {
            askInHerd();
            refresher.close().subscribe();
        });

        waitForHerd();
        assertThat(herd).allSatisfy(one -> assertThat(one.isTerminatedError()).isTrue());
    }

    @Test
    void aRefreshInTheBackgroundAndAFailure() {
        onParallelThread(() -> {
            ask(REQUEST);
            land();
            time.advance(Duration.ofMinutes(59));
            assertThat(ask(REQUEST).getReceivedOnNext()).as("served meanwhile").hasSize(1);
            asked.get(1).error(new IllegalArgumentException("refused"));
            assertThat(ask(REQUEST).getReceivedOnNext()).as("served all the same").hasSize(1);
        });
    }

    @Test
    void theWalkThatEvicts() {
        onParallelThread(() -> IntStream.range(0, 400).forEach(i -> {
            ask(TokenRequestContext.of("https://example.org/" + i));
            land();
        }));
    }

    @Test
    void aSourceThatBlocksIsFoundOut() {
        TokenRefresher blocking = refresher(request -> Mono.fromCallable(() -> {
            Thread.sleep(1);
            return token();
        }));

        onParallelThread(() -> {
            TestSubscriber<AccessToken> caller = TestSubscriber.create();
            blocking.acquire(REQUEST).subscribe(caller);
            assertThat(caller.expectTerminalError()).hasRootCauseInstanceOf(Error.class)
                    .rootCause().satisfies(found -> assertThat(found.getClass().getSimpleName()).isEqualTo("BlockingOperationError"));
        });
    }

    private static void onParallelThread(Runnable work) {
        StepVerifier.create(Mono.fromRunnable(work).subscribeOn(Schedulers.parallel())).expectComplete()
                .verify(Duration.ofSeconds(30));
    }

    private TokenRefresher refresher(TokenSource source) {
        return new TokenRefresher(source, request -> request, new RefresherOptions("TestCredential", time,
                time.scheduler(), Duration.ofSeconds(30), 100, null));
    }

    private TestSubscriber<AccessToken> ask(TokenRequestContext request) {
        TestSubscriber<AccessToken> caller = TestSubscriber.create();
        refresher.acquire(request).subscribe(caller);
        return caller;
    }

    private void askInHerd() {
        IntStream.range(0, HERD).forEach(i -> herd.add(ask(REQUEST)));
    }

    /** Most of it is served in chunks on other threads (H-3). */
    private void waitForHerd() {
        for (TestSubscriber<AccessToken> one : herd) {
            one.block(Duration.ofSeconds(20));
        }
    }

    private void land() {
        asked.get(asked.size() - 1).success(token());
    }

    private AccessToken token() {
        return AccessToken.of("token", time.now().plus(Duration.ofHours(1)));
    }
}
