package dev.monocred.core.refresh;

import static dev.monocred.core.refresh.Decision.ACQUIRE;
import static dev.monocred.core.refresh.Decision.GATED;
import static dev.monocred.core.refresh.Decision.USE;
import static dev.monocred.core.refresh.Decision.USE_AND_REFRESH;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole table, at several origins of the clock: the monotonic clock may wrap at any place of it (T-11, fault 50). */
@ParameterizedClass(name = "the clock starts at {0}")
@ValueSource(longs = {0, -1, Long.MAX_VALUE - 1_000_000_000L, Long.MAX_VALUE - 2_000_000_000_000L, Long.MAX_VALUE - 3_590_000_000_000L,
    Long.MAX_VALUE, Long.MIN_VALUE})
class SnapshotTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long REUSE = 5 * SECOND;
    private static final int EVER = Integer.MAX_VALUE;
    private static final String C1 = "{\"one\":1}";
    private static final String C2 = "{\"two\":2}";

    private static final Failure TRANSIENT = failure(Details.NONE.withTransient(true));
    private static final Failure THROTTLED = failure(Details.NONE.withRetryAt(Instant.EPOCH));
    private static final Failure TERMINAL = failure(Details.NONE);
    private static final Failure UNAVAILABLE = Failure.of("SomeCredential", new CredentialUnavailableException("absent"));

    @Parameter
    long origin;

    // ---- deriving states

    @Test
    void withoutATokenOneIsAcquired() {
        assertThat(Snapshot.EMPTY.decide(origin)).isEqualTo(ACQUIRE);
        assertThat(Snapshot.EMPTY.decideRejecting("a", EVER, origin)).isEqualTo(ACQUIRE);
        assertThat(Snapshot.EMPTY.decideClaims(C1, null, REUSE, origin)).isEqualTo(ACQUIRE);
        assertThat(Snapshot.EMPTY.isUsable(origin)).isFalse();
        assertThat(Snapshot.EMPTY.isWorthless(origin)).isTrue();
    }

    @Test
    void aTokenIsUsedThenAlsoReplacedThenNoLongerUsed() {
        Snapshot held = landed("a", 1, origin);
        assertThat(held.decide(origin)).isEqualTo(USE);
        assertThat(held.decide(origin + 45 * MINUTE - 1)).isEqualTo(USE);
        assertThat(held.decide(origin + 45 * MINUTE)).isEqualTo(USE_AND_REFRESH);
        assertThat(held.decide(origin + HOUR - 5 * SECOND - 1)).isEqualTo(USE_AND_REFRESH);
        assertThat(held.decide(origin + HOUR - 5 * SECOND)).isEqualTo(ACQUIRE);
        assertThat(held.decide(origin + HOUR)).isEqualTo(ACQUIRE);
        assertThat(held.decide(origin + 1_000 * HOUR)).isEqualTo(ACQUIRE);
    }

    @Test
    void theThreeInstantsCountFromTheLanding() {
        Snapshot held = landed("a", 1, origin);
        assertThat(held.refreshAt() - origin).isEqualTo(45 * MINUTE);
        assertThat(held.usableUntil() - origin).isEqualTo(HOUR - 5 * SECOND);
        assertThat(held.hardAt() - origin).isEqualTo(HOUR);
        assertThat(held.isWorthless(origin + HOUR - 1)).isFalse();
        assertThat(held.isWorthless(origin + HOUR)).isTrue();
    }

    @Test
    void theServersHintAndTheJitterMoveOnlyTheRefresh() {
        Snapshot hinted = Snapshot.EMPTY.landed(landing("a", null, 1, false, HOUR, 10 * MINUTE), origin, 0.5);
        assertThat(hinted.refreshAt() - origin).isBetween(10 * MINUTE + 2 * MINUTE, 15 * MINUTE);
        assertThat(hinted.usableUntil() - origin).isEqualTo(HOUR - 5 * SECOND);
    }

    @Test
    void behindAClosedGateAHeldTokenIsStillUsedAndNoFlightStarts() {
        long due = origin + 46 * MINUTE;
        Snapshot failed = landed("a", 1, origin).failed(TRANSIENT, null, 2, due, 0, due, 0);
        assertThat(failed.decide(due)).isEqualTo(USE);
        assertThat(failed.decide(due + 7_500_000_000L - 1)).isEqualTo(USE);
        assertThat(failed.decide(due + 7_500_000_000L)).isEqualTo(USE_AND_REFRESH);
    }

    @Test
    void behindAClosedGateWithoutATokenEverybodyFailsAtOnce() {
        Snapshot failed = Snapshot.EMPTY.failed(TRANSIENT, null, 1, origin, 0, origin, 0);
        assertThat(failed.decide(origin)).isEqualTo(GATED);
        assertThat(failed.decide(origin + SECOND / 2 - 1)).isEqualTo(GATED);
        assertThat(failed.decide(origin + SECOND / 2)).isEqualTo(ACQUIRE);
        assertThat(failed.lastFailure(null)).isSameAs(TRANSIENT);
        assertThat(failed.nextAttemptAt(null) - origin).isEqualTo(SECOND / 2);
        assertThat(failed.isWorthless(origin)).as("the gate is worth keeping").isFalse();
        assertThat(failed.isWorthless(origin + SECOND)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void eachKindOfFailureHasItsOwnPause(FailureKind kind) {
        Failure failure = ofKind(kind);
        Snapshot cold = Snapshot.EMPTY;
        Snapshot warm = landed("a", 100, origin);
        for (int n = 1; n < 9; n++) {
            cold = cold.failed(failure, null, n, origin, 0, origin, 0.25);
            warm = warm.failed(failure, null, 100 + n, origin, 0, origin, 0.25);
            assertThat(cold.nextAttemptAt(null) - origin).isEqualTo(Backoff.pause(kind, n, false, 0.25));
            assertThat(warm.nextAttemptAt(null) - origin).isEqualTo(Math.max(Backoff.pause(kind, n, true, 0.25), floor(kind)));
        }
    }

    private static long floor(FailureKind kind) {
        return kind == FailureKind.THROTTLED ? 0 : Backoff.CLOSEST_STARTS;
    }

    // ---- landing

    @Test
    void anOlderFlightChangesNothing() {
        Snapshot held = landed("a", 5, origin);
        for (long older : new long[] {1, 4, 5}) {
            assertThat(held.landed(landing("b", null, older, false, HOUR, 0), origin + SECOND, 0)).as("started as %d", older).isSameAs(held);
            assertThat(held.failed(TRANSIENT, null, older, origin, 0, origin + SECOND, 0)).as("started as %d", older).isSameAs(held);
        }
        assertThat(text(held.landed(landing("b", null, 6, false, HOUR, 0), origin + SECOND, 0))).isEqualTo("b");
    }

    @Test
    void aNewerTokenReplacesEvenALongerLivedOne() {
        Snapshot next = landed("a", 1, origin).landed(landing("b", null, 2, false, 10 * MINUTE, 0), origin + SECOND, 0);
        assertThat(text(next)).isEqualTo("b");
        assertThat(next.startSeq()).isEqualTo(2);
        assertThat(next.hardAt() - origin).isEqualTo(10 * MINUTE + SECOND);
    }

    @Test
    void aLandingForgetsTheFailuresBeforeIt() {
        Snapshot failed = Snapshot.EMPTY;
        for (int n = 1; n < 6; n++) {
            failed = failed.failed(TRANSIENT, null, n, origin, 0, origin, 0);
        }
        Snapshot next = failed.landed(landing("a", null, 9, false, HOUR, 0), origin, 0);
        assertThat(next.lastFailure(null)).isNull();
        long end = origin + HOUR;
        assertThat(next.failed(TRANSIENT, null, 10, end, 0, end, 0).nextAttemptAt(null) - end).as("the first pause again").isEqualTo(SECOND / 2);
    }

    @Test
    void theSameTokenAgainIsKeptAndLeftInPeaceForAWhile() {
        long due = origin + 45 * MINUTE;
        Snapshot again = landed("a", 1, origin).landed(landing("a", null, 2, false, 15 * MINUTE, 0), due, 0.9);
        assertThat(text(again)).isEqualTo("a");
        assertThat(again.repeats()).isEqualTo(1);
        assertThat(again.refreshAt() - due).isEqualTo(15 * MINUTE / 4);
        assertThat(again.hardAt() - origin).isEqualTo(HOUR);
        assertThat(again.landed(landing("a", null, 3, false, 10 * MINUTE, 0), due + 5 * MINUTE, 0).repeats()).isEqualTo(2);
        assertThat(again.landed(landing("b", null, 3, false, HOUR, 0), due + 5 * MINUTE, 0).repeats()).isZero();
    }

    @Test
    void theSameTokenAgainIsASuccess() {
        long due = origin + 45 * MINUTE;
        Snapshot failed = landed("a", 1, origin).failed(TRANSIENT, null, 2, due, 0, due, 0);
        Snapshot again = failed.landed(landing("a", null, 3, false, 14 * MINUTE, 0), due + MINUTE, 0);
        assertThat(again.lastFailure(null)).isNull();
        assertThat(again.decide(due + MINUTE)).isEqualTo(USE);
    }

    @Test
    void theTimesShownToPeopleAreThoseOfTheLastAnswer() {
        AccessToken extended = AccessToken.of("a", Instant.parse("2031-01-01T00:00:00Z"));
        Snapshot again = landed("a", 1, origin).landed(new Snapshot.Landing(extended, null, 2, false, HOUR, 0), origin + 45 * MINUTE, 0);
        assertThat(again.token()).isSameAs(extended);
    }

    // ---- a rejected token

    @Test
    void anyTokenButTheRejectedOneIsUsed() {
        Snapshot held = landed("b", 1, origin);
        assertThat(held.decideRejecting("a", EVER, origin)).isEqualTo(USE);
        assertThat(held.decideRejecting("a", EVER, origin + 46 * MINUTE)).isEqualTo(USE_AND_REFRESH);
        assertThat(held.decideRejecting("b", EVER, origin)).isEqualTo(ACQUIRE);
        assertThat(held.decideRejecting("b", EVER, origin + HOUR)).isEqualTo(ACQUIRE);
    }

    @Test
    void theRejectedTokenStaysInServiceForEverybodyElse() {
        Snapshot held = landed("a", 1, origin);
        assertThat(held.decideRejecting("a", EVER, origin)).isEqualTo(ACQUIRE);
        assertThat(held.decide(origin)).isEqualTo(USE);
    }

    @Test
    void aRejectedTokenIsNotAskedForBehindAClosedGate() {
        long now = origin + SECOND;
        Snapshot failed = landed("a", 1, origin).failed(TRANSIENT, null, 2, now, 0, now, 0);
        assertThat(failed.decideRejecting("a", EVER, now)).isEqualTo(GATED);
        assertThat(failed.decide(now)).isEqualTo(USE);
        assertThat(failed.decideRejecting("a", EVER, now + 15 * SECOND)).isEqualTo(ACQUIRE);
    }

    @Test
    void afterEnoughRepeatsTheRejectedTokenIsGivenOut() {
        Snapshot once = landed("a", 1, origin).landed(landing("a", null, 2, false, HOUR, 0), origin, 0);
        assertThat(once.decideRejecting("a", EVER, origin)).isEqualTo(ACQUIRE);
        assertThat(once.decideRejecting("a", 2, origin)).isEqualTo(ACQUIRE);
        assertThat(once.decideRejecting("a", 1, origin)).isEqualTo(USE);
    }

    @Test
    void aServerThatInsistsIsTakenAtItsWordForThirtySeconds() {
        Snapshot insisted = landed("a", 1, origin)
                .landed(landing("a", null, 2, false, HOUR, 0), origin, 0)
                .landed(landing("a", null, 3, true, HOUR, 0), origin, 0);
        assertThat(insisted.decideRejecting("a", EVER, origin)).isEqualTo(USE);
        assertThat(insisted.decideRejecting("a", EVER, origin + 30 * SECOND - 1)).isEqualTo(USE);
        assertThat(insisted.decideRejecting("a", EVER, origin + 30 * SECOND + 1)).isEqualTo(ACQUIRE);
        Snapshot replaced = insisted.landed(landing("b", null, 4, false, HOUR, 0), origin, 0);
        assertThat(replaced.decideRejecting("b", EVER, origin)).as("another token starts afresh").isEqualTo(ACQUIRE);
    }

    @Test
    void aServerMayInsistAtAnyTime() {
        long now = -30 * SECOND;
        Snapshot insisted = landed("a", 1, now).landed(landing("a", null, 2, true, HOUR, 0), now, 0);
        assertThat(insisted.decideRejecting("a", EVER, now + SECOND)).as("until the instant zero").isEqualTo(USE);
    }

    @Test
    void aFailureDoesNotForgetThatTheServerInsisted() {
        Snapshot insisted = landed("a", 1, origin).landed(landing("a", null, 2, true, HOUR, 0), origin, 0);
        Snapshot failed = insisted.failed(TRANSIENT, null, 3, origin, 0, origin, 0);
        assertThat(failed.decideRejecting("a", EVER, origin + SECOND)).isEqualTo(USE);
        assertThat(failed.repeats()).isEqualTo(1);
    }

    // ---- failing

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void aFailureNeverShortensTheServiceOfAUsableToken(FailureKind kind) {
        Snapshot held = landed("a", 1, origin);
        long due = origin + 45 * MINUTE;
        Snapshot failed = held;
        for (int n = 2; n < 50; n++) {
            failed = failed.failed(ofKind(kind), null, n, due, HOUR, due, 0.5);
        }
        assertThat(failed.token()).isSameAs(held.token());
        assertThat(failed.refreshAt()).isEqualTo(held.refreshAt());
        assertThat(failed.usableUntil()).isEqualTo(held.usableUntil());
        assertThat(failed.hardAt()).isEqualTo(held.hardAt());
        assertThat(failed.startSeq()).isEqualTo(held.startSeq());
        assertThat(failed.decide(held.usableUntil() - 1)).isIn(USE, USE_AND_REFRESH);
    }

    @Test
    void aTokenThatIsNoLongerUsableIsLetGo() {
        long end = origin + HOUR - 5 * SECOND;
        assertThat(landed("a", 1, origin).failed(TRANSIENT, null, 2, end, 0, end - 1, 0).token()).isNotNull();
        assertThat(landed("a", 1, origin).failed(TRANSIENT, null, 2, end, 0, end, 0).token()).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = "THROTTLED", mode = EnumSource.Mode.EXCLUDE)
    void oneMoreAttemptIsMadeJustWhenEverybodyWouldBeginToWait(FailureKind kind) {
        Snapshot held = landed("a", 1, origin);
        Snapshot failed = held;
        long late = held.usableUntil() - 6 * SECOND;
        for (int n = 2; n < 9; n++) {
            failed = failed.failed(ofKind(kind), null, n, late, 0, late, 0.99);
        }
        assertThat(failed.nextAttemptAt(null) - held.usableUntil()).isNotPositive();
        assertThat(failed.decide(held.usableUntil())).isEqualTo(ACQUIRE);
    }

    @ParameterizedTest
    @EnumSource(names = "THROTTLED", mode = EnumSource.Mode.EXCLUDE)
    void whileATokenIsUsableTwoStartsAreNeverCloserThanFiveSeconds(FailureKind kind) {
        Snapshot held = landed("a", 1, origin);
        long started = held.usableUntil() - 2 * SECOND;
        long failedAt = started + SECOND;
        Snapshot failed = held.failed(ofKind(kind), null, 2, started, 0, failedAt, 0);
        assertThat(failed.nextAttemptAt(null) - started).isEqualTo(5 * SECOND);
    }

    @Test
    void aServersPauseOutlastsTheToken() {
        Snapshot held = landed("a", 1, origin);
        long late = held.usableUntil() - 6 * SECOND;
        Snapshot failed = held.failed(THROTTLED, null, 2, late, MINUTE, late, 0);
        assertThat(failed.nextAttemptAt(null) - late).isEqualTo(MINUTE);
        assertThat(failed.decide(held.usableUntil())).isEqualTo(GATED);
        assertThat(failed.lastFailure(null)).isSameAs(THROTTLED);
        Snapshot silent = held.failed(THROTTLED, null, 2, late, 0, late, 0);
        assertThat(silent.nextAttemptAt(null) - late).as("without a wish").isEqualTo(2_500_000_000L);
    }

    @Test
    void aServersPauseCountsOnlyWhenItThrottles() {
        Snapshot failed = Snapshot.EMPTY.failed(TERMINAL, null, 1, origin, HOUR, origin, 0);
        assertThat(failed.nextAttemptAt(null) - origin).isEqualTo(2_500_000_000L);
    }

    // ---- claims

    @Test
    void equalChallengesWithinFiveSecondsAreOne() {
        Snapshot held = Snapshot.EMPTY.landed(landing("a", C1, 1, false, HOUR, 0), origin, 0);
        assertThat(held.decideClaims(C1, null, REUSE, origin)).isEqualTo(USE);
        assertThat(held.decideClaims(C1, "another", REUSE, origin + REUSE - 1)).isEqualTo(USE);
        assertThat(held.decideClaims(C1, null, REUSE, origin + REUSE)).isEqualTo(ACQUIRE);
        assertThat(held.decideClaims(C2, null, REUSE, origin)).as("other claims").isEqualTo(ACQUIRE);
        assertThat(held.decideClaims(C1, "a", REUSE, origin)).as("that very token was rejected").isEqualTo(ACQUIRE);
        assertThat(held.decideClaims(C1, null, 0, origin)).as("reuse is off").isEqualTo(ACQUIRE);
        assertThat(held.decide(origin)).as("everybody else").isEqualTo(USE);
    }

    @Test
    void aChallengeIsNeverAnsweredWithATokenThatWasNotAskedForIt() {
        assertThat(landed("a", 1, origin).decideClaims(C1, null, REUSE, origin)).isEqualTo(ACQUIRE);
        Snapshot refreshed = Snapshot.EMPTY.landed(landing("a", C1, 1, false, HOUR, 0), origin, 0)
                .landed(landing("b", null, 2, false, HOUR, 0), origin + SECOND, 0);
        assertThat(refreshed.decideClaims(C1, null, REUSE, origin + SECOND)).isEqualTo(ACQUIRE);
    }

    @Test
    void aTokenPastItsServiceAnswersNoChallenge() {
        Snapshot brief = Snapshot.EMPTY.landed(landing("a", C1, 1, false, 4 * SECOND, 0), origin, 0);
        assertThat(brief.decideClaims(C1, null, REUSE, origin + 3 * SECOND)).isEqualTo(USE);
        assertThat(brief.decideClaims(C1, null, REUSE, origin + 4 * SECOND)).isEqualTo(ACQUIRE);
    }

    @Test
    void aFailureOfClaimsGatesOnlyThoseClaims() {
        Snapshot failed = landed("a", 1, origin).failed(TERMINAL, C1, 2, origin, 0, origin, 0);
        assertThat(failed.decideClaims(C1, null, REUSE, origin)).isEqualTo(GATED);
        assertThat(failed.lastFailure(C1)).isSameAs(TERMINAL);
        assertThat(failed.decideClaims(C2, null, REUSE, origin)).isEqualTo(ACQUIRE);
        assertThat(failed.decide(origin + 45 * MINUTE)).isEqualTo(USE_AND_REFRESH);
        assertThat(failed.lastFailure(null)).isNull();
        assertThat(failed.decideClaims(C1, null, REUSE, origin + 2_500_000_000L)).isEqualTo(ACQUIRE);
        Snapshot twice = failed.failed(TERMINAL, C1, 3, origin, 0, origin, 0);
        assertThat(twice.nextAttemptAt(C1) - origin).as("the pause doubles").isEqualTo(5 * SECOND);
    }

    @Test
    void aFailureWithoutClaimsDoesNotGateClaims() {
        Snapshot failed = Snapshot.EMPTY.failed(TRANSIENT, null, 1, origin, 0, origin, 0);
        assertThat(failed.decide(origin)).isEqualTo(GATED);
        assertThat(failed.decideClaims(C1, null, REUSE, origin)).isEqualTo(ACQUIRE);
    }

    @Test
    void throttlingGatesEverybodyWhereverItWasSeen() {
        Snapshot plain = Snapshot.EMPTY.failed(THROTTLED, null, 1, origin, MINUTE, origin, 0);
        assertThat(plain.decideClaims(C1, null, REUSE, origin)).isEqualTo(GATED);
        assertThat(plain.lastFailure(C1)).isSameAs(THROTTLED);
        assertThat(plain.nextAttemptAt(C1) - origin).isEqualTo(MINUTE);
        Snapshot claimed = Snapshot.EMPTY.failed(THROTTLED, C1, 1, origin, MINUTE, origin, 0);
        assertThat(claimed.decide(origin)).isEqualTo(GATED);
        assertThat(claimed.decideClaims(C2, null, REUSE, origin)).isEqualTo(GATED);
        assertThat(claimed.decide(origin + MINUTE)).isEqualTo(ACQUIRE);
    }

    @Test
    void whoIsGatedIsToldOfTheGateThatIsClosed() {
        Snapshot failed = Snapshot.EMPTY.failed(TERMINAL, C1, 1, origin, 0, origin, 0)
                .failed(THROTTLED, null, 2, origin, MINUTE, origin, 0);
        long now = origin + 10 * SECOND;
        assertThat(failed.decideClaims(C1, null, REUSE, now)).isEqualTo(GATED);
        assertThat(failed.lastFailure(C1)).as("the claims' own gate has opened, the server's pause has not").isSameAs(THROTTLED);
        assertThat(failed.nextAttemptAt(C1) - origin).isEqualTo(MINUTE);
    }

    @Test
    void aFailureKeepsWhatTheHeldTokenSatisfies() {
        Snapshot held = Snapshot.EMPTY.landed(landing("a", C1, 1, false, HOUR, 0), origin, 0);
        assertThat(held.failed(TRANSIENT, null, 2, origin, 0, origin, 0).decideClaims(C1, null, REUSE, origin)).isEqualTo(USE);
        assertThat(held.failed(TRANSIENT, C2, 2, origin, 0, origin, 0).decideClaims(C1, null, REUSE, origin)).isEqualTo(USE);
    }

    @Test
    void aClaimsTokenServesEverybody() {
        Snapshot held = landed("a", 1, origin).landed(landing("b", C1, 2, false, HOUR, 0), origin, 0);
        assertThat(text(held)).isEqualTo("b");
        assertThat(held.decide(origin)).isEqualTo(USE);
        assertThat(held.landed(landing("c", null, 1, false, HOUR, 0), origin, 0)).as("an older refresh does not overwrite it").isSameAs(held);
    }

    // ---- forgetting

    @Test
    void afterForgettingFlightsThatWereUnderWayLandWithoutEffect() {
        Snapshot forgotten = landed("a", 1, origin).failed(TRANSIENT, null, 2, origin, 0, origin, 0).forgotten(7);
        assertThat(forgotten.token()).isNull();
        assertThat(forgotten.decide(origin)).isEqualTo(ACQUIRE);
        assertThat(forgotten.landed(landing("b", null, 7, false, HOUR, 0), origin, 0)).isSameAs(forgotten);
        assertThat(forgotten.failed(TRANSIENT, null, 7, origin, 0, origin, 0)).isSameAs(forgotten);
        assertThat(text(forgotten.landed(landing("b", null, 8, false, HOUR, 0), origin, 0))).isEqualTo("b");
    }

    @Test
    void itsTextNeverContainsTheToken() {
        assertThat(landed("a-planted-secret", 1, origin).toString()).contains("AccessToken").doesNotContain("a-planted-secret");
    }

    // ---- making snapshots

    private static Snapshot landed(String text, long seq, long now) {
        return Snapshot.EMPTY.landed(landing(text, null, seq, false, HOUR, 0), now, 0);
    }

    private static Snapshot.Landing landing(String text, @Nullable String claims, long seq, boolean insisting, long remaining, long hint) {
        return new Snapshot.Landing(AccessToken.of(text, Instant.parse("2030-01-01T00:00:00Z")), claims, seq, insisting, remaining, hint);
    }

    private static String text(Snapshot snapshot) {
        return requireNonNull(snapshot.token()).token();
    }

    private static Failure ofKind(FailureKind kind) {
        return switch (kind) {
            case TRANSIENT -> TRANSIENT;
            case THROTTLED -> THROTTLED;
            case TERMINAL -> TERMINAL;
            case UNAVAILABLE -> UNAVAILABLE;
        };
    }

    private static Failure failure(Details details) {
        return Failure.of("SomeCredential", new ClientAuthenticationException("refused", null, details));
    }

    /** Somebody signed in: what failed for want of that is tried at once, what the server asked for is not. */
    @Test
    void opensItsGatesButNotOneThatTheServerAskedFor() {
        Snapshot failed = Snapshot.EMPTY.failed(UNAVAILABLE, null, 1, 0, 0, 0, 0).failed(UNAVAILABLE, C1, 2, 0, 0, 0, 0);
        assertThat(failed.decide(0)).isEqualTo(Decision.GATED);

        assertThat(failed.reopened().decide(0)).isEqualTo(Decision.ACQUIRE);
        assertThat(failed.reopened().decideClaims(C1, null, REUSE, 0)).isEqualTo(Decision.ACQUIRE);
        assertThat(Snapshot.EMPTY.failed(THROTTLED, null, 1, 0, MINUTE, 0, 0).reopened().decide(0)).isEqualTo(Decision.GATED);
        assertThat(Snapshot.EMPTY.reopened()).isSameAs(Snapshot.EMPTY);
    }
}
