package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** Sources and listeners that break the rules: whatever they do, the slot is freed and nobody hangs (F-13). */
class MisbehaviourTest {

    private final Stage stage = new Stage();

    @AfterEach
    void resetHooks() {
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
    }

    @Test
    void aSourceThatThrowsFailsTheFlight() {
        stage.source.answers(request -> {
            throw new UnsupportedOperationException("mine");
        });
        assertThat(assertFailed(stage.ask())).isInstanceOf(ClientAuthenticationException.class)
                .hasMessageContaining("UnsupportedOperationException").hasCauseInstanceOf(UnsupportedOperationException.class);
        assertSlotIsFree();
    }

    @Test
    void aSourceThatGivesNoMonoFailsTheFlight() {
        stage.source.answers(request -> null);
        assertThat(assertFailed(stage.ask())).isInstanceOf(ClientAuthenticationException.class);
        assertSlotIsFree();
    }

    @Test
    void aSourceThatThrowsWhenSubscribedFailsTheFlight() {
        stage.source.answers(request -> new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super AccessToken> actual) {
                throw new RejectedExecutionException("full");
            }
        });
        assertThat(assertFailed(stage.ask())).hasCauseInstanceOf(RejectedExecutionException.class);
        assertSlotIsFree();
    }

    @Test
    void aFatalErrorFreesTheSlotTellsTheWaitersAndIsThrown() {
        StackOverflowError fatal = new StackOverflowError("deep");
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        stage.source.answers(request -> {
            throw fatal;
        });
        assertThatThrownBy(() -> stage.refresher.acquire(Stage.REQUEST).subscribe(subscriber)).isSameAs(fatal);
        assertFailed(subscriber);
        assertSlotIsFree();
    }

    @Test
    void aFatalErrorOnSubscriptionFreesTheSlotAndIsThrown() {
        OutOfMemoryError fatal = new OutOfMemoryError("none left");
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        stage.source.answers(request -> new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super AccessToken> actual) {
                throw fatal;
            }
        });
        assertThatThrownBy(() -> stage.refresher.acquire(Stage.REQUEST).subscribe(subscriber)).isSameAs(fatal);
        assertFailed(subscriber);
        assertSlotIsFree();
    }

    @Test
    void aSecondTokenOfASourceIsDropped() {
        List<Object> dropped = new ArrayList<>();
        Hooks.onNextDropped(dropped::add);
        TestSubscriber<AccessToken> subscriber = stage.ask();
        AccessToken second = stage.token("b");
        stage.source.last().emit(stage.token("a"));
        stage.source.last().answer(second);
        assertEmitted(subscriber, "a");
        assertEmitted(stage.ask(), "a");
        assertThat(dropped).containsExactly(second);
    }

    @Test
    void anErrorAfterTheTokenIsDropped() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        TestSubscriber<AccessToken> subscriber = stage.ask();
        RuntimeException late = new RuntimeException("late");
        stage.source.last().emit(stage.token("a"));
        stage.source.last().fail(late);
        assertEmitted(subscriber, "a");
        assertEmitted(stage.ask(), "a");
        assertThat(dropped).containsExactly(late);
    }

    @Test
    void aTokenThatComesAfterTheDeadlineIsDropped() {
        List<Object> dropped = new ArrayList<>();
        Hooks.onNextDropped(dropped::add);
        stage.ask();
        stage.time.advance(Duration.ofSeconds(30));
        stage.source.last().answer(stage.token("late"));
        assertThat(dropped).hasSize(1);
        stage.time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
    }

    @Test
    void aSourceThatThrowsWhenCancelledStillMeetsItsDeadline() {
        Hooks.onErrorDropped(error -> {});
        TestSubscriber<AccessToken> subscriber = stage.ask();
        stage.source.last().onCancel(() -> {
            throw new IllegalStateException("cannot be cancelled");
        });
        stage.time.advance(Duration.ofSeconds(30));
        assertThat(assertFailed(subscriber)).hasMessageContaining("no answer after 30 s");
        assertSlotIsFree();
    }

    @Test
    void aSourceThatThrowsWhenCancelledDoesNotKeepOthersFromBeingClosed() {
        Hooks.onErrorDropped(error -> {});
        List<TestSubscriber<AccessToken>> subscribers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            subscribers.add(stage.ask(request(i)));
            stage.source.last().onCancel(() -> {
                throw new IllegalStateException("cannot be cancelled");
            });
        }
        stage.refresher.close().block();
        assertThat(subscribers).allSatisfy(subscriber -> assertThat(assertFailed(subscriber)).hasMessage("SomeCredential is closed"));
    }

    @Test
    void aListenerThatThrowsReachesNobody() {
        Hooks.onErrorDropped(error -> {});
        stage.events.onAny(() -> {
            throw new IllegalStateException("broken listener");
        });
        assertServedWhateverTheListenerDoes();
    }

    @Test
    void aListenerThatThrowsAnErrorReachesNobody() {
        Hooks.onErrorDropped(error -> {});
        stage.events.onAny(() -> {
            throw new AssertionError("broken listener");
        });
        assertServedWhateverTheListenerDoes();
    }

    @Test
    void aListenerAndAHookThatThrowReachNobody() {
        Hooks.onErrorDropped(error -> {
            throw new IllegalStateException("broken hook");
        });
        stage.events.onAny(() -> {
            throw new IllegalStateException("broken listener");
        });
        assertServedWhateverTheListenerDoes();
    }

    private void assertServedWhateverTheListenerDoes() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        TestSubscriber<AccessToken> joined = stage.ask();
        stage.source.last().answer(stage.token("a"));
        assertEmitted(subscriber, "a");
        assertEmitted(joined, "a");
        assertEmitted(stage.ask(), "a");
        stage.time.advance(DUE);
        assertEmitted(stage.ask(), "a");
        stage.source.last().fail(Stage.outage());
        stage.time.stepWall(Duration.ofHours(1));
        stage.time.advance(Duration.ofMinutes(1));
        assertWaits(stage.ask());
        stage.source.last().fail(Stage.outage());
        assertFailed(stage.ask());
    }

    @Test
    void aFatalErrorOfTheListenerFreesTheSlotAndIsThrown() {
        StackOverflowError fatal = new StackOverflowError("in the listener");
        stage.events.onAny(() -> {
            throw fatal;
        });
        assertThatThrownBy(stage::ask).isSameAs(fatal);
        stage.events.onAny(() -> {});
        assertSlotIsFree();
    }

    @Test
    void aSchedulerThatIsGoneFailsTheFlight() {
        stage.time.scheduler().dispose();
        assertThat(assertFailed(stage.ask())).hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aRefusedRequestNeverBecomesAFlight() {
        TokenRefresher strict = new TokenRefresher(stage.source, request -> {
            throw new IllegalArgumentException("no scope");
        }, new RefresherOptions("SomeCredential", stage.time, stage.time.scheduler(), RefresherOptions.NETWORK_DEADLINE, 10, null));
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        strict.acquire(Stage.REQUEST).subscribe(subscriber);
        assertThat(assertFailed(subscriber)).hasMessage("no scope");
        assertThat(stage.source.asked()).isZero();
    }

    private void assertSlotIsFree() {
        stage.source.holds();
        int before = stage.source.asked();
        stage.time.advance(Duration.ofSeconds(5));
        TestSubscriber<AccessToken> next = stage.ask();
        assertThat(stage.source.asked() - before).as("a new flight").isEqualTo(1);
        stage.source.last().answer(stage.token("next"));
        assertEmitted(next, "next");
    }
}
