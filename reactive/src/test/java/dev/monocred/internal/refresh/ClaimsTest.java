package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.outage;
import static dev.monocred.internal.refresh.Stage.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.subscriber.TestSubscriber;

/** Requests with claims: F-16, F-17 and the row "S with claims" of the table. */
class ClaimsTest {

    private static final TokenRequestContext ONE = REQUEST.withClaims("{\"one\":1}");
    private static final TokenRequestContext TWO = REQUEST.withClaims("{\"two\":2}");

    private final Stage stage = new Stage();

    @Test
    void aChallengeIsNeverAnsweredFromTheCache() {
        stage.hold("a");
        TestSubscriber<AccessToken> challenged = stage.ask(ONE);
        assertWaits(challenged);
        assertThat(stage.source.last().request()).isEqualTo(ONE);
        assertEmitted(stage.ask(), "a");
        stage.source.last().answer(stage.token("b"));
        assertEmitted(challenged, "b");
        assertEmitted(stage.ask(), "b");
        assertThat(stage.source.asked()).as("the claims token serves everybody").isEqualTo(2);
    }

    @Test
    void whoNeedsNoClaimsDoesNotWaitForWhoDoes() {
        stage.ask(ONE);
        TestSubscriber<AccessToken> plain = stage.ask();
        assertThat(stage.source.asked()).isEqualTo(2);
        assertThat(stage.source.last().request()).isEqualTo(REQUEST);
        stage.source.last().answer(stage.token("a"));
        assertEmitted(plain, "a");
    }

    @Test
    void tenThousandEqualChallengesOverThreeSecondsAreOneOrTwoRequests() {
        stage.hold("old");
        List<TestSubscriber<AccessToken>> herd = new ArrayList<>();
        for (int tenth = 0; tenth < 30; tenth++) {
            for (int i = 0; i < 334; i++) {
                herd.add(stage.ask(ONE));
            }
            if (tenth == 2) {
                stage.source.last().answer(stage.token("new"));
            }
            stage.time.advance(Duration.ofMillis(100));
        }
        herd.forEach(subscriber -> subscriber.block(Duration.ofSeconds(10)));
        assertThat(herd).hasSizeGreaterThan(10_000).allSatisfy(subscriber -> assertEmitted(subscriber, "new"));
        assertThat(stage.source.asked() - 1).isBetween(1, 2);
    }

    @Test
    void afterFiveSecondsTheSameChallengeIsANewRequest() {
        stage.hold(ONE, stage.token("a"));
        stage.time.advance(Duration.ofMillis(4_999));
        assertEmitted(stage.ask(ONE), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        stage.time.advance(Duration.ofMillis(1));
        assertWaits(stage.ask(ONE));
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void aTokenThatTheRequestItselfRejectsIsNotReused() {
        AccessToken held = stage.hold(ONE, stage.token("a"));
        assertWaits(stage.ask(ONE.withRejectedToken(held)));
        assertThat(stage.source.last().request()).as("the source hears of the claims only").isEqualTo(ONE);
    }

    @Test
    void differentClaimsAreDifferentFlightsAndEachGetsItsOwnToken() {
        TestSubscriber<AccessToken> one = stage.ask(ONE);
        TestSubscriber<AccessToken> two = stage.ask(TWO);
        assertThat(stage.source.asked()).isEqualTo(2);
        stage.source.calls().get(1).answer(stage.token("two"));
        stage.source.calls().get(0).answer(stage.token("one"));
        assertEmitted(one, "one");
        assertEmitted(two, "two");
        assertEmitted(stage.ask(), "two");
    }

    @Test
    void aRefreshThatStartedBeforeTheChallengeDoesNotOverwriteItsToken() {
        stage.hold("a");
        stage.time.advance(DUE);
        assertEmitted(stage.ask(), "a");
        ScriptedSource.Call refresh = stage.source.last();
        TestSubscriber<AccessToken> challenged = stage.ask(ONE);
        stage.source.last().answer(stage.token("claims"));
        refresh.answer(stage.token("refresh"));
        assertEmitted(challenged, "claims");
        assertEmitted(stage.ask(), "claims");
        assertEmitted(stage.ask(ONE), "claims");
        assertThat(stage.source.asked()).isEqualTo(3);
    }

    @Test
    void whoWaitsForAnOlderFlightGetsTheNewerToken() {
        TestSubscriber<AccessToken> plain = stage.ask();
        TestSubscriber<AccessToken> challenged = stage.ask(ONE);
        stage.source.calls().get(1).answer(stage.token("claims"));
        assertWaits(plain);
        stage.source.calls().get(0).answer(stage.token("plain"));
        assertEmitted(plain, "claims");
        assertEmitted(challenged, "claims");
    }

    @Test
    void whoWaitsForAnOlderFlightThatFailsGetsTheNewerToken() {
        TestSubscriber<AccessToken> plain = stage.ask();
        stage.ask(ONE);
        stage.source.calls().get(1).answer(stage.token("claims"));
        stage.source.calls().get(0).fail(outage());
        assertEmitted(plain, "claims");
        assertEmitted(stage.ask(), "claims");
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void anOlderTokenIsStillWhatItsChallengeAskedFor() {
        TestSubscriber<AccessToken> challenged = stage.ask(ONE);
        stage.ask();
        stage.source.calls().get(1).answer(stage.token("plain"));
        stage.source.calls().get(0).answer(stage.token("claims"));
        assertEmitted(challenged, "claims");
        assertEmitted(stage.ask(), "plain");
    }

    @Test
    void aRefusedChallengeGatesOnlyItself() {
        stage.hold("a");
        stage.ask(ONE);
        stage.source.last().fail(refusal());
        assertThat(assertFailed(stage.ask(ONE))).hasMessageContaining("No new attempt");
        assertWaits(stage.ask(TWO));
        assertEmitted(stage.ask(), "a");
        stage.time.advance(Duration.ofSeconds(5));
        assertWaits(stage.ask(ONE));
    }

    @Test
    void throttlingGatesEveryChallenge() {
        stage.hold("a");
        stage.ask(ONE);
        stage.source.last().fail(stage.throttling(Duration.ofMinutes(1)));
        assertFailed(stage.ask(ONE));
        assertThat(assertFailed(stage.ask(TWO))).hasMessageContaining("throttled");
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void aFailureOfTheRefreshDoesNotGateAChallenge() {
        stage.ask();
        stage.source.last().fail(outage());
        assertFailed(stage.ask());
        assertWaits(stage.ask(ONE));
    }

    @Test
    void aChallengeHasItsOwnDeadline() {
        TestSubscriber<AccessToken> challenged = stage.ask(ONE);
        stage.time.advance(Duration.ofSeconds(30));
        assertThat(assertFailed(challenged)).hasMessageContaining("no answer after 30 s");
        assertThat(stage.source.last().isCancelled()).isTrue();
        stage.time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask(ONE));
        assertThat(stage.source.asked()).as("the slot is free").isEqualTo(2);
    }

    @Test
    void afterForgettingNobodyJoinsAFlightThatStartedBefore() {
        stage.hold("mine");
        TestSubscriber<AccessToken> before = stage.ask(ONE);
        stage.refresher.forget();
        TestSubscriber<AccessToken> after = stage.ask(ONE);
        TestSubscriber<AccessToken> plain = stage.ask();
        assertThat(stage.source.asked()).isEqualTo(4);
        stage.source.calls().get(1).answer(stage.token("mine too"));
        assertEmitted(before, "mine too");
        assertWaits(after);
        stage.source.calls().get(2).answer(stage.token("theirs, for claims"));
        assertEmitted(after, "theirs, for claims");
        stage.source.calls().get(3).answer(stage.token("theirs"));
        assertThat(plain.getReceivedOnNext()).hasSize(1);
        assertEmitted(stage.ask(), "theirs");
    }
}
