package dev.monocred.core.refresh;

import static dev.monocred.core.refresh.FailureKind.TERMINAL;
import static dev.monocred.core.refresh.FailureKind.THROTTLED;
import static dev.monocred.core.refresh.FailureKind.TRANSIENT;
import static dev.monocred.core.refresh.FailureKind.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** B-1 to B-5 as tables: the nominal pause, of which a draw gives between a half and all. */
class BackoffTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @ParameterizedTest(name = "{0}, a usable token held: {1}")
    @CsvSource({
        "TRANSIENT, true, 15 30 60 120 240 300 300",
        "TRANSIENT, false, 1 2 4 8 16 30 30",
        "THROTTLED, true, 5 10 20 40 60 60",
        "THROTTLED, false, 5 10 20 40 60 60",
        "TERMINAL, true, 60 120 240 300 300",
        "TERMINAL, false, 5 10 20 40 60 60",
        "UNAVAILABLE, true, 1 2 4 5 5",
        "UNAVAILABLE, false, 1 2 4 5 5"})
    void thePauseDoublesUpToItsCap(FailureKind kind, boolean usable, String nominalSeconds) {
        String[] nominal = nominalSeconds.split(" ", -1);
        for (int failures = 1; failures <= nominal.length; failures++) {
            long whole = Long.parseLong(nominal[failures - 1]) * SECOND;
            assertThat(Backoff.pause(kind, failures, usable, 0)).as("least after %d", failures).isEqualTo(whole / 2);
            assertThat(Backoff.pause(kind, failures, usable, 0.5)).as("middle after %d", failures).isEqualTo(whole * 3 / 4);
            assertThat(Backoff.pause(kind, failures, usable, Math.nextDown(1.0))).as("most after %d", failures)
                    .isBetween(whole - 1_000, whole);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 22, 32, 64, 65, Integer.MAX_VALUE})
    void anyNumberOfFailuresGivesTheCap(int failures) {
        assertThat(Backoff.pause(TRANSIENT, failures, true, 0)).isEqualTo(150 * SECOND);
        assertThat(Backoff.pause(TRANSIENT, failures, false, 0)).isEqualTo(15 * SECOND);
        assertThat(Backoff.pause(THROTTLED, failures, false, 0)).isEqualTo(30 * SECOND);
        assertThat(Backoff.pause(TERMINAL, failures, true, 0)).isEqualTo(150 * SECOND);
        assertThat(Backoff.pause(UNAVAILABLE, failures, false, 0)).isEqualTo(2_500_000_000L);
    }

    @ParameterizedTest(name = "Retry-After of {0} is taken as {1}")
    @CsvSource({"PT60S, PT60S", "PT1S, PT1S", "PT0.2S, PT1S", "PT0S, PT1S", "PT-5S, PT1S", "PT1H, PT1H", "PT2H, PT1H",
        "PT2562047H, PT1H"})
    void aServersWishIsKeptWithinBoundsAndStretchedByATenth(Duration wish, Duration taken) {
        long pause = taken.toNanos();
        assertThat(Backoff.pauseAsked(wish.toNanos(), 0)).isEqualTo(pause);
        assertThat(Backoff.pauseAsked(wish.toNanos(), Math.nextDown(1.0))).isBetween(pause + pause / 10 - 1_000, pause + pause / 10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 15, 300})
    void drawsStayWithinTheirBounds(long seed) {
        LongStream draws = new Random(seed).doubles(1_000).mapToLong(jitter -> Backoff.pause(TRANSIENT, 3, true, jitter));
        assertThat(draws.boxed()).allMatch(pause -> pause >= 30 * SECOND && pause <= 60 * SECOND);
    }
}
