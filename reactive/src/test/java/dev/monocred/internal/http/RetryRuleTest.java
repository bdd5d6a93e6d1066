package dev.monocred.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.internal.http.RetryRule.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** N-7 as a table. */
class RetryRuleTest {

    private static final RetryRule RULE = RetryRule.DEFAULTS;
    private static final Verdict RETRY = Verdict.retry(null);

    private static Verdict after(long seconds) {
        return Verdict.retry(Duration.ofSeconds(seconds));
    }

    private static Duration pause(Verdict verdict, int made, long spentSeconds, double random) {
        Duration pause = RULE.pause(verdict, made, Duration.ofSeconds(spentSeconds), random);
        return pause == null ? Duration.ofSeconds(-1) : pause;
    }

    private static final Duration NONE = Duration.ofSeconds(-1);

    @Test
    void theNumbersAreThoseOfTheSpecification() {
        assertThat(RULE).isEqualTo(new RetryRule(3, Duration.ofMillis(400), Duration.ofSeconds(5), Duration.ofSeconds(10),
                Duration.ofSeconds(15), Duration.ofSeconds(30)));
        assertThat(HttpLimits.DEFAULTS).isEqualTo(
                new HttpLimits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(15), 16_384, 1_048_576));
    }

    @Test
    void thePauseIsAnywhereUpToALimitThatDoubles() {
        assertThat(pause(RETRY, 1, 0, 0)).isZero();
        assertThat(pause(RETRY, 1, 0, 1)).isEqualTo(Duration.ofMillis(400));
        assertThat(pause(RETRY, 2, 0, 1)).isEqualTo(Duration.ofMillis(800));
        assertThat(RULE.withAttempts(99).pause(RETRY, 20, Duration.ZERO, 1)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void threeAttemptsAreAll() {
        assertThat(pause(RETRY, 3, 0, 0)).isEqualTo(NONE);
    }

    @Test
    void whatIsFinalIsNotRepeated() {
        assertThat(pause(Verdict.FINAL, 1, 0, 0)).isEqualTo(NONE);
        assertThat(pause(Verdict.SUCCESS, 1, 0, 0)).isEqualTo(NONE);
    }

    @Test
    void aServersWishOfTenSecondsIsGrantedAndALongerOneIsNot() {
        assertThat(pause(after(10), 1, 0, 0.5)).isEqualTo(Duration.ofSeconds(10));
        assertThat(pause(after(11), 1, 0, 0.5)).isEqualTo(NONE);
    }

    @Test
    void noAttemptIsBegunThatCouldNotEndBeforeTheDeadline() {
        assertThat(pause(after(5), 1, 10, 0)).isEqualTo(Duration.ofSeconds(5));
        assertThat(pause(after(6), 1, 10, 0)).isEqualTo(NONE);
        assertThat(pause(RETRY, 1, 15, 0)).isZero();
        assertThat(pause(RETRY, 1, 16, 0)).isEqualTo(NONE);
    }
}
