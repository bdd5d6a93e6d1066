package dev.monocred.internal.entra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ThrottleGatesTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualTime time = ManualTime.startingAt(START);
    /** Draws the smallest value: no jitter. */
    private final ThrottleGates gates = new ThrottleGates(time, () -> 0);

    @Test
    void aGateIsOpenUntilSomebodyIsThrottled() {
        assertThat(gates.closedUntil("a")).isNull();
    }

    @Test
    void itIsClosedExactlyAsLongAsAsked() {
        Instant until = gates.close("a", Duration.ofSeconds(60));

        assertThat(until).isEqualTo(START.plusSeconds(60));
        time.advance(Duration.ofMillis(59_999));
        assertThat(gates.closedUntil("a")).isEqualTo(until);
        time.advance(Duration.ofMillis(1));
        assertThat(gates.closedUntil("a")).isNull();
    }

    @Test
    void othersArePassedBy() {
        gates.close("a", Duration.ofSeconds(60));

        assertThat(gates.closedUntil("b")).isNull();
    }

    @Test
    void fault27WithoutAWishItDoublesFromFiveSecondsToSixty() {
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            assertThat(gates.close("a", null)).isEqualTo(time.now().plusSeconds(seconds));
            time.advance(Duration.ofSeconds(seconds));
        }
    }

    @Test
    void anOrdinaryAnswerStartsTheCountAnew() {
        gates.close("a", null);
        gates.close("a", null);

        gates.open("a");

        assertThat(gates.closedUntil("a")).isNull();
        assertThat(gates.close("a", null)).isEqualTo(START.plusSeconds(5));
    }

    @Test
    void aTenthIsAddedAtMost() {
        RandomGenerator largest = () -> -1L;

        assertThat(new ThrottleGates(time, largest).close("a", Duration.ofSeconds(100)))
                .isBetween(START.plusMillis(109_999), START.plusSeconds(110));
    }

    @Test
    void itFollowsTheMonotonicClock() {
        gates.close("a", Duration.ofSeconds(60));

        time.stepWall(Duration.ofHours(1));
        assertThat(gates.closedUntil("a")).isNotNull();
    }
}
