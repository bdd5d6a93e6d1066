package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.outage;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;
import reactor.test.util.RaceTestUtils;

/** Starting, joining, landing and leaving a flight (F-1 to F-11). */
class SingleFlightTest {

    private final Stage stage = new Stage();

    // ---- F-1

    @Test
    void aLandingBetweenTheLookAndTheStartIsNotAskedForAgain() {
        List<TestSubscriber<AccessToken>> other = new ArrayList<>();
        stage.onWall(() -> {
            other.add(stage.ask());
            stage.source.last().answer(stage.token("a"));
        });
        assertEmitted(stage.ask(), "a");
        assertEmitted(other.get(0), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.time.advance(DUE);
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).as("the slot is free").isEqualTo(2);
    }

    @Test
    void aFailureBetweenTheLookAndTheStartClosesTheGateForTheStarterToo() {
        stage.onWall(() -> {
            stage.ask();
            stage.source.last().fail(outage());
        });
        assertThat(assertFailed(stage.ask())).hasMessageStartingWith("SomeCredential got no answer.");
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
        assertThat(stage.source.asked()).as("the slot is free, and one failure counted once").isEqualTo(2);
    }

    @Test
    void aBackgroundFlightThatFindsItsReasonGoneNeitherStartsNorKeepsItsPermit() {
        for (int round = 0; round < 100; round++) {
            stage.hold(request(round), stage.token("a"));
        }
        stage.time.advance(DUE);
        stage.hold(request(1_000), stage.token("the clocks have been compared"));
        for (int round = 0; round < 100; round++) {
            int key = round;
            int before = stage.source.asked();
            stage.onWall(() -> {
                stage.ask(request(key));
                stage.source.last().answer(stage.token("b"));
            });
            assertEmitted(stage.ask(request(key)), "a");
            assertThat(stage.source.asked() - before).isEqualTo(1);
            assertEmitted(stage.ask(request(key)), "b");
        }
    }

    @Test
    void twoWhoStartAtOnceShareOneFlight() {
        List<TestSubscriber<AccessToken>> other = new ArrayList<>();
        stage.onWall(() -> other.add(stage.ask()));
        TestSubscriber<AccessToken> loser = stage.ask();
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.source.last().answer(stage.token("a"));
        assertEmitted(loser, "a");
        assertEmitted(other.get(0), "a");
    }

    @Test
    void racingStartersShareOneFlight() {
        for (int round = 0; round < 200; round++) {
            Stage race = new Stage();
            AtomicReference<TestSubscriber<AccessToken>> one = new AtomicReference<>();
            AtomicReference<TestSubscriber<AccessToken>> two = new AtomicReference<>();
            race.source.answers(request -> Mono.just(race.token("a")));
            RaceTestUtils.race(() -> one.set(race.ask()), () -> two.set(race.ask()));
            assertEmitted(one.get(), "a");
            assertEmitted(two.get(), "a");
            assertThat(race.source.asked()).isEqualTo(1);
        }
    }

    // ---- F-2, F-3

    @Test
    void whoJoinsAFlightThatHasJustLandedGetsItsToken() {
        stage.ask();
        stage.events.onJoined(() -> stage.source.last().answer(stage.token("a")));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void whoJoinsAFlightThatHasJustFailedGetsItsFailure() {
        stage.ask();
        stage.events.onJoined(() -> stage.source.last().fail(outage()));
        assertThat(assertFailed(stage.ask())).hasMessage("SomeCredential got no answer.");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void whoAsksAgainFromOnNextFindsTheNewTokenAndNoFlight() {
        List<TestSubscriber<AccessToken>> again = new ArrayList<>();
        stage.refresher.acquire(REQUEST).doOnNext(token -> again.add(stage.ask())).subscribe();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(again.get(0), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void whoAsksAgainFromOnErrorFindsTheGateAndNeverTheFailedFlight() {
        AtomicReference<TestSubscriber<AccessToken>> again = new AtomicReference<>();
        stage.refresher.acquire(REQUEST).doOnError(error -> again.set(stage.ask())).onErrorComplete().subscribe();
        stage.source.last().fail(outage());
        assertThat(assertFailed(again.get())).hasMessageContaining("No new attempt");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void tenThousandRetriesAreNoRecursion() {
        stage.source.answers(request -> Mono.error(outage()));
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        stage.refresher.acquire(REQUEST).retry(10_000).subscribe(subscriber);
        assertFailed(subscriber);
        assertThat(stage.source.asked()).as("behind the gate").isEqualTo(1);
    }

    @Test
    void tenThousandRepeatsAreNoRecursionAndOneFlight() {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        stage.refresher.acquire(REQUEST).repeat(10_000).subscribe(subscriber);
        stage.source.last().answer(stage.token("a"));
        assertThat(subscriber.getReceivedOnNext()).hasSize(10_001);
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    // ---- F-4

    @Test
    void nothingHappensBeforeSubscriptionAndEachSubscriptionAsksAnew() {
        Mono<AccessToken> stored = stage.refresher.acquire(REQUEST);
        assertThat(stage.source.asked()).isZero();
        assertThat(stage.events.lines()).isEmpty();
        stage.source.answers(request -> Mono.fromSupplier(() -> stage.token("t" + stage.source.asked())));
        assertThat(stored.map(AccessToken::token).block()).isEqualTo("t1");
        stage.time.advance(Stage.HOUR);
        assertThat(stored.map(AccessToken::token).block()).isEqualTo("t2");
    }

    // ---- F-5, F-6

    @Test
    void whoLeavesDisturbsNobody() {
        List<TestSubscriber<AccessToken>> subscribers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            subscribers.add(stage.ask());
        }
        for (int i = 0; i < 20; i += 2) {
            subscribers.get(i).cancel();
        }
        stage.source.last().answer(stage.token("a"));
        for (int i = 0; i < 20; i++) {
            if (i % 2 == 0) {
                assertThat(subscribers.get(i).getReceivedOnNext()).isEmpty();
            } else {
                assertEmitted(subscribers.get(i), "a");
            }
        }
    }

    @Test
    void whoCancelsInOnSubscribeStartsNothing() {
        AtomicInteger signals = new AtomicInteger();
        stage.refresher.acquire(REQUEST).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }

            @Override
            protected void hookOnNext(AccessToken value) {
                signals.incrementAndGet();
            }
        });
        assertThat(stage.source.asked()).isZero();
        assertEmittedLater();
        assertThat(signals).hasValue(0);
    }

    private void assertEmittedLater() {
        TestSubscriber<AccessToken> later = stage.ask();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(later, "a");
    }

    @Test
    void whoCancelsInOnNextHearsNothingMore() {
        List<String> signals = new ArrayList<>();
        stage.refresher.acquire(REQUEST).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnNext(AccessToken value) {
                signals.add("next");
                cancel();
            }

            @Override
            protected void hookOnComplete() {
                signals.add("complete");
            }
        });
        stage.source.last().answer(stage.token("a"));
        assertThat(signals).containsExactly("next");
    }

    @Test
    void cancellingTwiceAndAfterTheEndIsLegal() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        subscriber.cancel();
        subscriber.cancel();
        stage.source.last().answer(stage.token("a"));
        subscriber.cancel();
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(subscriber.getProtocolErrors()).isEmpty();
    }

    @Test
    void aCancellationThatRacesWithTheLandingEndsInOneOfTheTwo() {
        for (int round = 0; round < 500; round++) {
            Stage race = new Stage();
            TestSubscriber<AccessToken> leaves = race.ask();
            TestSubscriber<AccessToken> stays = race.ask();
            RaceTestUtils.race(leaves::cancel, () -> race.source.last().answer(race.token("a")));
            assertThat(leaves.getReceivedOnNext()).hasSizeLessThanOrEqualTo(1);
            assertThat(leaves.getProtocolErrors()).isEmpty();
            assertEmitted(stays, "a");
        }
    }

    @Test
    void aRequestThatRacesWithTheLandingLosesNoToken() {
        for (int round = 0; round < 500; round++) {
            Stage race = new Stage();
            TestSubscriber<AccessToken> subscriber = TestSubscriber.builder().initialRequest(0).build();
            race.refresher.acquire(REQUEST).subscribe(subscriber);
            RaceTestUtils.race(() -> subscriber.request(1), () -> race.source.last().answer(race.token("a")));
            assertEmitted(subscriber, "a");
            assertThat(subscriber.getProtocolErrors()).isEmpty();
        }
    }

    @Test
    void aSubscribersOwnTimeoutAffectsOnlyItself() {
        TestSubscriber<AccessToken> impatient = TestSubscriber.create();
        stage.refresher.acquire(REQUEST).timeout(Duration.ofSeconds(2), stage.time.scheduler()).subscribe(impatient);
        TestSubscriber<AccessToken> patient = stage.ask();
        stage.time.advance(Duration.ofSeconds(2));
        assertThat(impatient.expectTerminalError()).isInstanceOf(TimeoutException.class);
        assertThat(stage.source.last().isCancelled()).isFalse();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(patient, "a");
    }

    @Test
    void aStormOfRetriesWithShortTimeoutsEndsInACachedToken() {
        for (int i = 0; i < 50; i++) {
            TestSubscriber<AccessToken> impatient = stage.ask();
            stage.time.advance(Duration.ofMillis(500));
            impatient.cancel();
        }
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.source.last().answer(stage.token("a"));
        assertEmitted(stage.ask(), "a");
    }

    // ---- F-11

    @Test
    void aFlightThatAsksForItsOwnTokenFailsAtOnce() {
        stage.source.answers(request -> stage.refresher.acquire(request));
        Throwable error = assertFailed(stage.ask());
        assertThat(error).isExactlyInstanceOf(IllegalStateException.class).hasMessageContaining("depends on itself");
        stage.source.answers(request -> Mono.just(stage.token("a")));
        stage.time.advance(Duration.ofSeconds(5));
        assertEmitted(stage.ask(), "a");
    }

    @Test
    void aChainOfFlightsThatComesBackToItsBeginningFailsAtOnce() {
        stage.source.answers(request -> stage.refresher.acquire(request(request.equals(request(1)) ? 2 : 1)));
        assertThat(assertFailed(stage.ask(request(1)))).hasMessageContaining("depends on itself");
        assertThat(stage.source.asked()).isEqualTo(2);
        stage.source.answers(request -> Mono.just(stage.token("a")));
        stage.time.advance(Duration.ofSeconds(5));
        assertEmitted(stage.ask(request(1)), "a");
        assertEmitted(stage.ask(request(2)), "a");
    }

    @Test
    void twoCredentialsThatNeedEachOtherFailAtOnce() {
        Stage other = new Stage();
        stage.source.answers(other.refresher::acquire);
        other.source.answers(stage.refresher::acquire);
        assertThat(assertFailed(stage.ask())).hasMessageContaining("depends on itself");
    }

    @Test
    void aFlightMayUseOtherTokens() {
        Stage other = new Stage();
        stage.source.answers(request -> other.refresher.acquire(request).map(secret -> stage.token("with " + secret.token())));
        TestSubscriber<AccessToken> subscriber = stage.ask();
        other.source.last().answer(other.token("b"));
        assertEmitted(subscriber, "with b");
    }
}
