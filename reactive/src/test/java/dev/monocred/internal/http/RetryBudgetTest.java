package dev.monocred.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

    private final RetryBudget budget = new RetryBudget(0);

    private int spendAll(long now) {
        int spent = 0;
        while (budget.spend(1, now)) {
            spent++;
        }
        return spent;
    }

    @Test
    void tenRetriesAreThereAtFirst() {
        assertThat(spendAll(0)).isEqualTo(10);
    }

    @Test
    void aTimeoutCostsTwo() {
        int spent = 0;
        while (budget.spend(2, 0)) {
            spent++;
        }
        assertThat(spent).isEqualTo(5);
    }

    @Test
    void halfAMinuteBringsOneBackAndAFullBudgetStaysFull() {
        spendAll(0);

        assertThat(spendAll(TimeUnit.SECONDS.toNanos(29))).isZero();
        assertThat(spendAll(TimeUnit.SECONDS.toNanos(61))).isEqualTo(2);
        assertThat(spendAll(TimeUnit.HOURS.toNanos(9))).isEqualTo(10);
    }

    @Test
    void fiveSuccessesBringOneBack() {
        spendAll(0);

        for (int i = 0; i < 6; i++) {
            budget.earn(0);
        }
        assertThat(spendAll(0)).isEqualTo(1);
    }

    @Test
    void aClockThatWrapsOrStandsStillTakesNothing() {
        RetryBudget late = new RetryBudget(Long.MAX_VALUE - 5);

        assertThat(late.spend(10, Long.MIN_VALUE + TimeUnit.SECONDS.toNanos(60))).isTrue();
        assertThat(late.spend(1, Long.MIN_VALUE + TimeUnit.SECONDS.toNanos(59))).isFalse();
    }
}
