package dev.monocred.core.refresh;

import static dev.monocred.core.refresh.Decision.ACQUIRE;
import static dev.monocred.core.refresh.Decision.GATED;
import static dev.monocred.core.refresh.Decision.USE;
import static dev.monocred.core.refresh.Decision.USE_AND_REFRESH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The guarantees at the end of refresher.md 4, by simulated outages: one busy key is asked for five times a second, every
 * flight fails (or lands) after a moment.
 */
class StaticStabilityTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long TICK = SECOND / 5;
    private static final long START = Long.MAX_VALUE - Duration.ofMinutes(30).toNanos();
    private static final Failure OUTAGE = Failure.of("SomeCredential",
            new ClientAuthenticationException("out", null, Details.NONE.withTransient(true)));

    /** What one simulated key lived through. */
    private static final class Run {
        final List<Long> starts = new ArrayList<>();
        long firstWait = Long.MAX_VALUE;
        Snapshot end = Snapshot.EMPTY;
    }

    /** Holds a token from the start on; the source is out for the given time, and answers after a while. */
    private static Run run(Duration lifetime, Duration outFrom, Duration outUntil, Duration until, Duration answersAfter, DoubleSupplier jitter) {
        Run run = new Run();
        Snapshot snapshot = Snapshot.EMPTY.landed(landing("t0", 1, lifetime.toNanos()), START, jitter.getAsDouble());
        long seq = 1;
        long landsAt = -1;
        long startedAt = 0;
        for (long t = 0; t < until.toNanos(); t += TICK) {
            long now = START + t;
            if (landsAt >= 0 && t >= landsAt) {
                boolean out = startedAt >= outFrom.toNanos() && startedAt < outUntil.toNanos();
                snapshot = out ? snapshot.failed(OUTAGE, null, seq, START + startedAt, 0, now, jitter.getAsDouble())
                        : snapshot.landed(landing("t" + seq, seq, lifetime.toNanos()), now, jitter.getAsDouble());
                landsAt = -1;
            }
            Decision decision = snapshot.decide(now);
            if (decision != USE && decision != USE_AND_REFRESH) {
                run.firstWait = Math.min(run.firstWait, t);
            }
            if (landsAt < 0 && (decision == USE_AND_REFRESH || decision == ACQUIRE)) {
                seq++;
                startedAt = t;
                landsAt = t + answersAfter.toNanos();
                run.starts.add(t);
            }
        }
        run.end = snapshot;
        return run;
    }

    private static Snapshot.Landing landing(String text, long seq, long lifetime) {
        return new Snapshot.Landing(AccessToken.of(text, Instant.EPOCH), null, seq, false, lifetime, 0);
    }

    @ParameterizedTest(name = "a token of {0}, out for {2} from {1}")
    @CsvSource({
        // As long as the window between refresh and end, less the largest jitter and one pause.
        "PT1H, PT45M, PT10M", "PT24H, PT12H, PT11H40M", "PT10M, PT7M30S, PT1M30S", "PT1H, PT20M, PT30M"})
    void anOutageShorterThanTheWindowIsInvisible(Duration lifetime, Duration from, Duration length) {
        for (int seed = 0; seed < 20; seed++) {
            Run run = run(lifetime, from, from.plus(length), lifetime.plusMinutes(10), Duration.ofMillis(200), new Random(seed)::nextDouble);
            assertThat(run.firstWait).as("first wait with seed %d", seed).isEqualTo(Long.MAX_VALUE);
            assertThat(run.end.startSeq()).as("replaced in the end").isGreaterThan(1);
        }
    }

    @Test
    void anOutageLongerThanTheWindowIsSeenOnlyWhenTheTokenEnds() {
        for (int seed = 0; seed < 50; seed++) {
            Run run = run(Duration.ofHours(1), Duration.ZERO, Duration.ofHours(9), Duration.ofHours(2), Duration.ofMillis(200), new Random(seed)::nextDouble);
            assertThat(run.firstWait).as("with seed %d", seed).isEqualTo(Duration.ofHours(1).minusSeconds(5).toNanos());
            assertThat(run.end.decide(START + Duration.ofHours(2).toNanos())).isIn(GATED, ACQUIRE);
        }
    }

    @Test
    void whileTheTokenIsUsableThereAreAtMostTenAttemptsInFifteenMinutes() {
        for (int seed = 0; seed < 500; seed++) {
            assertAtMostTen(new Random(seed)::nextDouble, Duration.ofMillis(1), "seed " + seed);
        }
        for (double fixed : new double[] {0, 0.001, 0.25, 0.5, 0.999}) {
            assertAtMostTen(() -> fixed, Duration.ofMillis(1), "jitter " + fixed);
            assertAtMostTen(() -> fixed, Duration.ofSeconds(15), "slow, jitter " + fixed);
        }
    }

    private static void assertAtMostTen(DoubleSupplier jitter, Duration answersAfter, String with) {
        Duration lifetime = Duration.ofHours(1);
        Run run = run(lifetime, Duration.ZERO, Duration.ofHours(9), lifetime.minusSeconds(5), answersAfter, jitter);
        long window = Duration.ofMinutes(15).toNanos();
        for (long from : run.starts) {
            assertThat(run.starts.stream().filter(start -> start >= from && start - from < window)).as("attempts, %s", with).hasSizeLessThanOrEqualTo(10);
        }
        assertThat(run.starts).as("it is tried, %s", with).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void withoutATokenAttemptsSettleAtOneInFifteenToThirtySeconds() {
        for (int seed = 0; seed < 50; seed++) {
            Run run = run(Duration.ofSeconds(10), Duration.ZERO, Duration.ofHours(9), Duration.ofMinutes(16), Duration.ofMillis(1), new Random(seed)::nextDouble);
            List<Long> settled = run.starts.stream().filter(start -> start > Duration.ofMinutes(1).toNanos()).toList();
            for (int i = 1; i < settled.size(); i++) {
                assertThat(settled.get(i) - settled.get(i - 1)).isBetween(15 * SECOND - TICK, 30 * SECOND + 2 * TICK);
            }
            assertThat(settled).hasSizeGreaterThan(25);
        }
    }

    @Test
    void afterAnOutageTheNextAttemptBringsEverythingBack() {
        Run run = run(Duration.ofHours(1), Duration.ZERO, Duration.ofMinutes(90), Duration.ofMinutes(100), Duration.ofMillis(200), () -> 0.5);
        assertThat(run.end.decide(START + Duration.ofMinutes(100).toNanos())).isEqualTo(USE);
        assertThat(run.end.lastFailure(null)).isNull();
    }
}
