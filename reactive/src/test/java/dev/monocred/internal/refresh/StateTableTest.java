package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.HOUR;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.outage;
import static dev.monocred.internal.refresh.Stage.refusal;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.subscriber.TestSubscriber;

/** The rows of the transition table (refresher.md 4) that concern requests without claims and rejected tokens. */
class StateTableTest {

    private final Stage stage = new Stage();

    // ---- a subscriber comes

    @Test
    void aFreshTokenIsEmittedWithoutAFlight() {
        stage.hold("a");
        stage.time.advance(Duration.ofMinutes(44));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        assertThat(stage.events.count("hit")).isEqualTo(1);
    }

    @Test
    void aDueTokenIsEmittedAtOnceAndReplacedInTheBackground() {
        stage.hold("a");
        stage.time.advance(DUE);
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(2);
        assertThat(stage.events.lines()).contains("started in the background");
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).as("one flight").isEqualTo(2);
        stage.source.last().answer(stage.token("b"));
        assertEmitted(stage.ask(), "b");
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void aFailedReplacementIsSeenByNobodyAndNotRepeatedBehindTheGate() {
        stage.hold("a");
        stage.time.advance(DUE);
        assertEmitted(stage.ask(), "a");
        stage.source.last().fail(outage());
        for (int second = 0; second < 7; second++) {
            assertEmitted(stage.ask(), "a");
            stage.time.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.source.asked()).isEqualTo(2);
        stage.time.advance(Duration.ofSeconds(8));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).as("the gate has opened").isEqualTo(3);
    }

    @Test
    void whoFindsNothingStartsAFlightAndWaits() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        assertWaits(subscriber);
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.source.last().answer(stage.token("a"));
        assertEmitted(subscriber, "a");
        assertThat(stage.events.lines()).containsExactly("started for waiters", "refreshed after PT0S for 1 until 2030-01-01T01:00:00Z");
    }

    @Test
    void whoFindsAFlightJoinsIt() {
        TestSubscriber<AccessToken> first = stage.ask();
        TestSubscriber<AccessToken> second = stage.ask();
        assertWaits(second);
        stage.source.last().answer(stage.token("a"));
        assertEmitted(first, "a");
        assertEmitted(second, "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        assertThat(stage.events.count("joined")).isEqualTo(1);
    }

    @Test
    void aTokenPastItsServiceCountsAsNone() {
        stage.hold("a");
        stage.time.advance(HOUR.minusSeconds(5));
        TestSubscriber<AccessToken> subscriber = stage.ask();
        assertWaits(subscriber);
        stage.source.last().answer(stage.token("b"));
        assertEmitted(subscriber, "b");
    }

    @Test
    void behindAClosedGateEverybodyFailsAtOnceAndIsToldUntilWhen() {
        stage.ask();
        stage.source.last().fail(outage());
        TestSubscriber<AccessToken> gated = stage.ask();
        Throwable error = assertFailed(gated);
        assertThat(error).isInstanceOf(ClientAuthenticationException.class).hasMessageContaining("No new attempt is made before");
        Instant retryAt = ((ClientAuthenticationException) error).retryAt();
        assertThat(retryAt).isBetween(Stage.START.plusMillis(499), Stage.START.plusSeconds(1));
        assertThat(stage.source.asked()).isEqualTo(1);
        assertThat(stage.events.count("gated")).isEqualTo(1);
        stage.time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void afterCloseEveryRequestFails() {
        stage.hold("a");
        stage.refresher.close().block();
        assertThat(assertFailed(stage.ask())).isExactlyInstanceOf(IllegalStateException.class).hasMessage("SomeCredential is closed");
        assertThat(assertFailed(stage.ask(REQUEST.withClaims("{}")))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(assertFailed(stage.ask(request(2)))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    // ---- a flight ends

    @Test
    void aFlightThatCompletesEmptyIsATransientFailure() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        stage.source.last().complete();
        assertThat(assertFailed(subscriber)).isInstanceOfSatisfying(ClientAuthenticationException.class, e -> {
            assertThat(e).hasMessage("SomeCredential completed without a token.");
            assertThat(e.isTransient()).isTrue();
        });
        assertThat(assertFailed(stage.ask())).hasMessageContaining("No new attempt");
    }

    @Test
    void aFlightThatTakesTooLongIsCancelledAndFailsTransiently() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        stage.time.advance(Duration.ofSeconds(29));
        assertWaits(subscriber);
        assertThat(stage.source.last().isCancelled()).isFalse();
        stage.time.advance(Duration.ofSeconds(1));
        assertThat(assertFailed(subscriber)).hasMessageContaining("no answer after 30 s")
                .isInstanceOfSatisfying(ClientAuthenticationException.class, e -> assertThat(e.isTransient()).isTrue());
        assertThat(stage.source.last().isCancelled()).isTrue();
        stage.time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
        assertThat(stage.source.asked()).as("the slot is free").isEqualTo(2);
    }

    @Test
    void aDeadlineEndsOnlyItsOwnFlight() {
        stage.ask();
        stage.time.advance(Duration.ofSeconds(20));
        stage.source.last().answer(stage.token("a", Duration.ofSeconds(4)));
        stage.time.advance(Duration.ofSeconds(5));
        TestSubscriber<AccessToken> second = stage.ask();
        stage.time.advance(Duration.ofSeconds(25));
        assertWaits(second);
        stage.time.advance(Duration.ofSeconds(5));
        assertFailed(second);
    }

    @Test
    void aFlightThatHasLandedLeavesNoTimerBehind() {
        List<Disposable> timers = new ArrayList<>();
        Scheduler scheduler = new Scheduler() {
            @Override
            public Disposable schedule(Runnable task) {
                return stage.time.scheduler().schedule(task);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                Disposable timer = stage.time.scheduler().schedule(task, delay, unit);
                timers.add(timer);
                return timer;
            }

            @Override
            public Worker createWorker() {
                return stage.time.scheduler().createWorker();
            }
        };
        TokenRefresher refresher = new TokenRefresher(stage.source, UnaryOperator.identity(), new RefresherOptions(
                "SomeCredential", stage.time, scheduler, RefresherOptions.NETWORK_DEADLINE, 10, null));
        refresher.acquire(request(1)).subscribe();
        stage.source.last().answer(stage.token("a"));
        refresher.acquire(request(2)).onErrorComplete().subscribe();
        stage.source.last().fail(outage());
        stage.source.answers(request -> Mono.just(stage.token("at once")));
        refresher.acquire(request(3)).subscribe();
        assertThat(timers).hasSize(3).allMatch(Disposable::isDisposed);
    }

    @Test
    void theFlightGoesOnWhenTheLastWaiterHasLeft() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        subscriber.cancel();
        assertThat(stage.source.last().isCancelled()).isFalse();
        stage.source.last().answer(stage.token("a"));
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void aTokenThatArrivesExpiredIsAFailureAndNoLoop() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        stage.source.last().answer(stage.token("a", Duration.ZERO));
        assertThat(assertFailed(subscriber)).hasMessageContaining("already expired");
        assertFailed(stage.ask());
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void aTokenThatNeverExpiresIsTakenAsOneOfTwoDays() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        stage.source.last().answer(AccessToken.of("a", Instant.MAX).withRefreshAt(Instant.MAX));
        assertEmitted(subscriber, "a");
        stage.time.advance(Duration.ofHours(23));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.time.advance(Duration.ofHours(2));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void theServersHintIsObeyed() {
        stage.ask();
        stage.source.last().answer(stage.token("a").withRefreshAt(stage.time.now().plusSeconds(600)));
        stage.time.advance(Duration.ofSeconds(599));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.time.advance(Duration.ofSeconds(301));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    // ---- faults of the catalogue

    @Test
    void anOutageOfTenMinutesIsInvisibleAndCostsAtMostTenAttempts() {
        stage.hold("a");
        stage.time.advance(Duration.ofMinutes(49));
        stage.source.answers(request -> Mono.error(outage()));
        for (int second = 0; second < 600; second++) {
            assertEmitted(stage.ask(), "a");
            stage.time.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.source.asked() - 1).as("attempts").isBetween(3, 10);
        stage.source.answers(request -> Mono.fromSupplier(() -> stage.token("b")));
        stage.time.advance(Duration.ofSeconds(55));
        assertEmitted(stage.ask(), "b");
    }

    @Test
    void aRefusalOfAWarmCredentialKeepsItsTokenInUse() {
        stage.hold("a");
        stage.time.advance(DUE);
        stage.ask();
        stage.source.last().fail(refusal());
        stage.time.advance(Duration.ofMinutes(9));
        assertEmitted(stage.ask(), "a");
        stage.source.last().fail(refusal());
        stage.time.advance(Duration.ofMinutes(1));
        assertWaits(stage.ask());
        assertThat(stage.source.asked()).as("the gate was cut where everybody would begin to wait").isEqualTo(4);
    }

    @Test
    void throttlingWithoutATokenFailsEverybodyFastAndIsFollowedByOneAttempt() {
        stage.ask();
        stage.source.last().fail(stage.throttling(Duration.ofSeconds(60)));
        for (int second = 0; second < 60; second++) {
            assertFailed(stage.ask());
            stage.time.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.time.advance(Duration.ofSeconds(6));
        stage.ask();
        stage.ask();
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void aHostThatHandsOutItsOwnCachedTokenIsAskedAtMostEveryThirtySeconds() {
        AccessToken same = stage.hold("a");
        stage.source.answers(request -> Mono.just(same));
        stage.time.advance(DUE);
        for (int second = 0; second < 590; second++) {
            assertEmitted(stage.ask(), "a");
            stage.time.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.source.asked() - 1).as("flights in ten minutes").isBetween(2, 20);
    }

    @Test
    void aTokenOfFiveSecondsIsServedAndReplacedWithoutABusyLoop() {
        stage.source.answers(request -> Mono.fromSupplier(() -> stage.token("t" + stage.source.asked(), Duration.ofSeconds(5))));
        for (int tenth = 0; tenth < 100; tenth++) {
            assertThat(stage.ask().getReceivedOnNext()).hasSize(1);
            stage.time.advance(Duration.ofMillis(100));
        }
        assertThat(stage.source.asked()).as("flights in ten seconds").isBetween(3, 5);
    }

    @Test
    void aDeveloperWhoLogsInIsServedAfterSecondsAtMost() {
        stage.source.answers(request -> Mono.error(new CredentialUnavailableException("Run az login.")));
        for (int second = 0; second < 60; second++) {
            assertThat(assertFailed(stage.ask())).isInstanceOf(CredentialUnavailableException.class);
            stage.time.advance(Duration.ofSeconds(1));
        }
        stage.source.answers(request -> Mono.fromSupplier(() -> stage.token("a")));
        stage.time.advance(Duration.ofSeconds(5));
        assertEmitted(stage.ask(), "a");
    }

    @Test
    void nothingRunsForKeysThatNobodyAsksFor() {
        stage.hold("a");
        stage.time.advance(Duration.ofDays(3));
        assertThat(stage.source.asked()).isEqualTo(1);
        assertThat(stage.events.lines()).hasSize(2);
    }

    @Test
    void oneKeysTroubleIsNotAnothers() {
        TestSubscriber<AccessToken> hangs = stage.ask(request(1));
        stage.ask(request(2));
        stage.source.last().fail(outage());
        stage.hold(request(3), stage.token("c"));
        assertWaits(hangs);
        assertFailed(stage.ask(request(2)));
        assertEmitted(stage.ask(request(3)), "c");
    }

    @Test
    void everyPartOfTheBaseKeySeparates() {
        List<TestSubscriber<AccessToken>> subscribers = new ArrayList<>();
        subscribers.add(stage.ask(REQUEST));
        subscribers.add(stage.ask(REQUEST.withTenantId("other")));
        subscribers.add(stage.ask(REQUEST.withCaeEnabled(true)));
        subscribers.add(stage.ask(request(1)));
        assertThat(stage.source.asked()).isEqualTo(4);
        subscribers.add(stage.ask(REQUEST.withTenantId("OTHER")));
        assertThat(stage.source.asked()).as("tenants compare ignoring case").isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            stage.source.calls().get(i).answer(stage.token("t" + i));
        }
        for (int i = 0; i < 4; i++) {
            assertEmitted(subscribers.get(i), "t" + i);
        }
        assertEmitted(subscribers.get(4), "t1");
    }
}
