package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;
import reactor.test.util.RaceTestUtils;

/** C-1 and C-2. */
class CloseTest {

    private final Stage stage = new Stage();

    @AfterEach
    void resetHooks() {
        Hooks.resetOnNextDropped();
    }

    @Test
    void closingActsOnSubscription() {
        Mono<Void> close = stage.refresher.close();
        stage.hold("a");
        assertEmitted(stage.ask(), "a");
        close.block();
        assertFailed(stage.ask());
    }

    @Test
    void everyWaiterGetsOneErrorOfItsOwn() {
        List<TestSubscriber<AccessToken>> waiters = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiters.add(stage.ask(i % 2 == 0 ? REQUEST : REQUEST.withClaims("{}")));
        }
        stage.refresher.close().block();
        stage.refresher.close().block();
        Set<Throwable> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        for (TestSubscriber<AccessToken> waiter : waiters) {
            waiter.block(Duration.ofSeconds(10));
            assertThat(assertFailed(waiter)).isExactlyInstanceOf(IllegalStateException.class).hasMessage("SomeCredential is closed");
            assertThat(waiter.getProtocolErrors()).isEmpty();
            distinct.add(waiter.expectTerminalError());
        }
        assertThat(distinct).hasSize(1_000);
        assertThat(stage.source.calls()).hasSize(2).allMatch(ScriptedSource.Call::isCancelled);
    }

    @Test
    void aFatalErrorOfOneWaiterKeepsNoFlightOpen() {
        StackOverflowError fatal = new StackOverflowError("in onError");
        List<TestSubscriber<AccessToken>> waiters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            stage.refresher.acquire(request(i)).subscribe(new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {}

                @Override
                public void onNext(AccessToken token) {}

                @Override
                public void onError(Throwable error) {
                    throw fatal;
                }

                @Override
                public void onComplete() {}
            });
            waiters.add(stage.ask(request(i)));
        }
        assertThatThrownBy(() -> stage.refresher.close().block()).isSameAs(fatal);
        assertThat(waiters).allSatisfy(waiter -> assertThat(assertFailed(waiter)).hasMessage("SomeCredential is closed"));
        assertThat(stage.source.calls()).hasSize(5).allMatch(ScriptedSource.Call::isCancelled);
    }

    @Test
    void aTokenThatArrivesAfterwardsIsDropped() {
        List<Object> dropped = new ArrayList<>();
        Hooks.onNextDropped(dropped::add);
        TestSubscriber<AccessToken> waiter = stage.ask();
        stage.refresher.close().block();
        AccessToken late = stage.token("late");
        stage.source.last().answer(late);
        assertThat(dropped).containsExactly(late);
        assertFailed(waiter);
        assertFailed(stage.ask());
    }

    @Test
    void flightsInTheBackgroundEndToo() {
        stage.hold("a");
        stage.time.advance(DUE);
        stage.ask();
        stage.refresher.close().block();
        assertThat(stage.source.last().isCancelled()).isTrue();
        assertThat(stage.events.count("failed")).as("closing is no failure").isZero();
    }

    @Test
    void flightsThatWereToStartALittleLaterDoNotStart() {
        stage.hold(REQUEST, stage.token("a", Duration.ofHours(24)));
        stage.time.advance(Duration.ofHours(11));
        stage.time.stepWall(Duration.ofHours(2));
        stage.time.advance(Duration.ofSeconds(1));
        assertEmitted(stage.ask(), "a");
        stage.refresher.close().block();
        stage.time.advance(Duration.ofSeconds(10));
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void closingFromOnNextLetsEverybodyElseHaveTheToken() {
        List<Throwable> failed = new ArrayList<>();
        stage.refresher.acquire(REQUEST).flatMap(token -> stage.refresher.close().thenReturn(token)).subscribe(token -> {}, failed::add);
        List<TestSubscriber<AccessToken>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(stage.ask());
        }
        TestSubscriber<AccessToken> elsewhere = stage.ask(request(2));
        stage.source.calls().get(0).answer(stage.token("a"));
        for (TestSubscriber<AccessToken> other : others) {
            other.block(Duration.ofSeconds(10));
            assertEmitted(other, "a");
        }
        assertFailed(elsewhere);
        assertFailed(stage.ask());
        assertThat(failed).isEmpty();
    }

    @Test
    void closingWhileSomebodyJoinsEndsInOneSignal() {
        for (int round = 0; round < 500; round++) {
            Stage race = new Stage();
            race.source.holds();
            AtomicReference<TestSubscriber<AccessToken>> joined = new AtomicReference<>();
            RaceTestUtils.race(() -> joined.set(race.ask()), () -> race.refresher.close().block());
            assertFailed(joined.get());
            assertThat(joined.get().getProtocolErrors()).isEmpty();
            assertThat(race.source.calls()).allMatch(ScriptedSource.Call::isCancelled);
        }
    }

    @Test
    void closingWhileAFlightLandsEndsInOneSignal() {
        for (int round = 0; round < 500; round++) {
            Stage race = new Stage();
            TestSubscriber<AccessToken> waiter = race.ask();
            RaceTestUtils.race(() -> race.source.last().answer(race.token("a")), () -> race.refresher.close().block());
            assertThat(waiter.isTerminated()).isTrue();
            assertThat(waiter.getProtocolErrors()).isEmpty();
            assertFailed(race.ask());
        }
    }

    @Test
    void closingBetweenTheLookAndTheStartStartsNothing() {
        stage.onWall(() -> stage.refresher.close().block());
        assertThat(assertFailed(stage.ask())).hasMessage("SomeCredential is closed");
        assertThat(stage.source.asked()).isZero();
    }
}
