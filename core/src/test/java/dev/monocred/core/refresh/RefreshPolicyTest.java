package dev.monocred.core.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** T-6 to T-10 as tables. */
class RefreshPolicyTest {

    private static final long NO_HINT = 0;

    @ParameterizedTest(name = "a token of {0} is replaced after {1}")
    @CsvSource({
        // The examples of T-8.
        "PT24H, PT12H", "PT60M, PT45M", "PT10M, PT7M30S", "PT60S, PT30S",
        // The borders between its rules.
        "PT2H, PT1H", "PT1H59M59S, PT1H29M59.25S", "PT20M, PT15M", "PT19M59S, PT14M59.25S",
        "PT2M, PT1M30S", "PT1M59.998S, PT59.999S",
        // Fault 38.
        "PT5S, PT2.5S", "PT1S, PT0.5S"})
    void withoutAHintTheLifetimeDecides(Duration lifetime, Duration refreshAfter) {
        assertThat(plan(lifetime, NO_HINT, 0).refreshAfter()).isEqualTo(refreshAfter.toNanos());
    }

    @ParameterizedTest(name = "a token of {0} is used for {1}")
    @CsvSource({"PT24H, PT23H59M55S", "PT60M, PT59M55S", "PT50S, PT45S", "PT49S, PT44.1S", "PT5S, PT4.5S", "PT1S, PT0.9S"})
    void serviceEndsFiveSecondsOrATenthBeforeTheEnd(Duration lifetime, Duration usableFor) {
        RefreshPolicy.Schedule schedule = plan(lifetime, NO_HINT, 0);
        assertThat(schedule.usableFor()).isEqualTo(usableFor.toNanos());
        assertThat(schedule.lifetime()).isEqualTo(lifetime.toNanos());
    }

    @ParameterizedTest(name = "of a token of one hour, a hint of {0} gives {1}")
    @CsvSource({
        "PT1S, PT1S", "PT30M, PT30M", "PT58M59.999S, PT58M59.999S",
        // Fault 35, and a hint that leaves no time to recover.
        "PT59M, PT45M", "PT60M, PT45M", "PT2H, PT45M", "PT0S, PT45M", "PT-1S, PT45M"})
    void onlyAHintThatLeavesTimeToRecoverCounts(Duration hint, Duration refreshAfter) {
        assertThat(plan(Duration.ofHours(1), hint.toNanos(), 0).refreshAfter()).isEqualTo(refreshAfter.toNanos());
    }

    @Test
    void aHintThatOverflowsIsIgnored() {
        assertThat(plan(Duration.ofHours(1), Long.MAX_VALUE, 0).refreshAfter()).isEqualTo(Duration.ofMinutes(45).toNanos());
        assertThat(plan(Duration.ofHours(1), Long.MIN_VALUE, 0).refreshAfter()).isEqualTo(Duration.ofMinutes(45).toNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {48 * 3600 * 1_000_000_000L + 1, Long.MAX_VALUE})
    void aLifetimeBeyondTwoDaysIsTakenAsTwoDays(long remaining) {
        RefreshPolicy.Schedule schedule = RefreshPolicy.plan(remaining, NO_HINT, 0);
        assertThat(Duration.ofNanos(schedule.lifetime())).isEqualTo(Duration.ofDays(2));
        assertThat(Duration.ofNanos(schedule.refreshAfter())).isEqualTo(Duration.ofDays(1));
        assertThat(Duration.ofNanos(RefreshPolicy.planRepeated(remaining).lifetime())).isEqualTo(Duration.ofDays(2));
    }

    @ParameterizedTest(name = "a token of {0} is replaced at most {1} later than planned")
    @CsvSource({
        // A quarter of the time that is left for recovering, or five minutes.
        "PT60M, PT3M43.75S", "PT24H, PT5M", "PT60S, PT6.25S"})
    void jitterSpreadsAFleetOverAQuarterOfTheWindowAndFiveMinutesAtMost(Duration lifetime, Duration most) {
        long planned = plan(lifetime, NO_HINT, 0).refreshAfter();
        assertThat(plan(lifetime, NO_HINT, 0.5).refreshAfter() - planned).isEqualTo(most.toNanos() / 2);
        assertThat(plan(lifetime, NO_HINT, almostOne()).refreshAfter() - planned)
                .isBetween(most.toNanos() - 1_000, most.toNanos());
    }

    @Test
    void jitterNeverMovesBeforeTheHint() {
        long hint = Duration.ofMinutes(50).toNanos();
        assertThat(plan(Duration.ofHours(1), hint, 0).refreshAfter()).isEqualTo(hint);
        assertThat(plan(Duration.ofHours(1), hint, almostOne()).refreshAfter()).isGreaterThan(hint);
    }

    @Test
    void everyScheduleIsInOrder() {
        for (long lifetime = 1; lifetime < Duration.ofDays(3).toNanos(); lifetime += lifetime / 3 + 1) {
            for (double jitter : new double[] {0, 0.3, almostOne()}) {
                for (long hint : new long[] {Long.MIN_VALUE, 0, 1, lifetime / 2, lifetime, Long.MAX_VALUE}) {
                    assertInOrder(RefreshPolicy.plan(lifetime, hint, jitter), lifetime);
                }
            }
            assertInOrder(RefreshPolicy.planRepeated(lifetime), lifetime);
        }
    }

    private static void assertInOrder(RefreshPolicy.Schedule schedule, long lifetime) {
        assertThat(schedule.refreshAfter()).as("of %d", lifetime).isNotNegative().isLessThanOrEqualTo(schedule.usableFor());
        assertThat(schedule.usableFor()).as("of %d", lifetime).isLessThanOrEqualTo(schedule.lifetime());
    }

    @ParameterizedTest(name = "a repeated token with {0} left is asked for again after {1}")
    @CsvSource({"PT1H, PT5M", "PT20M, PT5M", "PT10M, PT2M30S", "PT2M, PT30S", "PT1M, PT30S", "PT20S, PT18S", "PT4S, PT3.6S"})
    void aRepeatedTokenIsLeftInPeaceForAQuarterOfItsRest(Duration remaining, Duration pause) {
        assertThat(Duration.ofNanos(RefreshPolicy.planRepeated(remaining.toNanos()).refreshAfter())).isEqualTo(pause);
    }

    private static RefreshPolicy.Schedule plan(Duration lifetime, long hint, double jitter) {
        return RefreshPolicy.plan(lifetime.toNanos(), hint, jitter);
    }

    private static double almostOne() {
        return Math.nextDown(1.0);
    }
}
