package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.TimeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two threads that look at the clock when a comparison is due, put in the worst order by hand. */
class AdjustedClockRacesTest {

    private static final long SECOND = 1_000_000_000L;

    private final Clocks time = new Clocks();
    private final AdjustedClock clock = new AdjustedClock(time, by -> {});

    @ParameterizedTest
    @ValueSource(longs = {-100, -2, -1, 0, 1, 100})
    void aThreadThatReadTheTimeBeforeOrAfterTheOneThatComparesDoesNotCompareToo(long earlierOrLater) {
        time.nanos = SECOND + 200;
        time.amidComparison = () -> {
            time.nanos = SECOND + 200 + earlierOrLater;
            clock.now();
        };
        time.comparisons = 0;

        clock.now();

        assertThat(time.comparisons).as("T-3: compared by whoever wins, and by nobody else").isEqualTo(1);
    }

    @Test
    void theNextComparisonIsDueASecondLater() {
        time.nanos = SECOND;
        clock.now();
        time.comparisons = 0;

        time.nanos = 2 * SECOND - 1;
        clock.now();
        assertThat(time.comparisons).isZero();

        time.nanos = 2 * SECOND;
        clock.now();
        assertThat(time.comparisons).isEqualTo(1);
    }

    private static final class Clocks implements TimeSource {

        private long nanos;
        private int comparisons;
        private Runnable amidComparison = () -> {};

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            comparisons++;
            Runnable once = amidComparison;
            amidComparison = () -> {};
            once.run();
            return 0;
        }
    }
}
