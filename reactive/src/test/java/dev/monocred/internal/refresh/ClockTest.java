package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.HOUR;
import static dev.monocred.internal.refresh.Stage.START;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.outage;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.monocred.core.AccessToken;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.test.subscriber.TestSubscriber;

/** Clocks that stop, jump and wrap (T-2 to T-4, faults 46 to 50). */
class ClockTest {

    private final Stage stage = new Stage();
    private final ManualTime time = stage.time;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(AdjustedClock.class);
    }

    // ---- the clock itself

    @Test
    void theClockFollowsTheMonotonicOneAndNeverGoesBack() {
        AdjustedClock clock = new AdjustedClock(time, by -> {});
        long start = clock.now();
        time.advance(Duration.ofSeconds(10));
        assertThat(clock.now() - start).isEqualTo(Duration.ofSeconds(10).toNanos());
        time.stepWall(Duration.ofDays(-1));
        time.advance(Duration.ofSeconds(10));
        assertThat(clock.now() - start).isEqualTo(Duration.ofSeconds(20).toNanos());
        time.stepWall(Duration.ofMinutes(30));
        time.advance(Duration.ofSeconds(1));
        assertThat(clock.now() - start).isEqualTo(Duration.ofSeconds(21).plusMinutes(30).toNanos());
    }

    @ParameterizedTest(name = "a difference of {0} ms")
    @ValueSource(longs = {-5_000, -4_999, -1, 1, 4_999, 5_000})
    void aDifferenceOfFiveSecondsIsAClockBeingDisciplined(long millis) {
        List<Duration> adjusted = new ArrayList<>();
        AdjustedClock clock = new AdjustedClock(time, adjusted::add);
        time.stepWall(Duration.ofMillis(millis));
        time.advance(Duration.ofSeconds(1));
        long before = clock.now();
        time.advance(Duration.ofSeconds(1));
        assertThat(clock.now() - before).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(adjusted).isEmpty();
    }

    @Test
    void theClocksAreComparedAtMostOnceASecond() {
        List<Duration> adjusted = new ArrayList<>();
        AdjustedClock clock = new AdjustedClock(time, adjusted::add);
        time.stepWall(Duration.ofHours(1));
        clock.now();
        time.advance(Duration.ofMillis(999));
        clock.now();
        assertThat(adjusted).isEmpty();
        time.advance(Duration.ofMillis(1));
        clock.now();
        clock.now();
        assertThat(adjusted).containsExactly(Duration.ofHours(1));
        assertThat(clock.isJustAdjusted(clock.now())).isTrue();
        time.advance(Duration.ofSeconds(10));
        assertThat(clock.isJustAdjusted(clock.now())).isFalse();
    }

    @Test
    void aClockThatWasSetBackIsBelievedFromThereOn() {
        List<Duration> adjusted = new ArrayList<>();
        AdjustedClock clock = new AdjustedClock(time, adjusted::add);
        time.stepWall(Duration.ofHours(-1));
        time.advance(Duration.ofSeconds(1));
        clock.now();
        time.stepWall(Duration.ofMinutes(10));
        time.advance(Duration.ofSeconds(1));
        clock.now();
        assertThat(adjusted).as("ten minutes of sleep after the setting back").containsExactly(Duration.ofMinutes(10));
    }

    // ---- 46

    @Test
    void afterAStepForwardEverythingDueIsRefreshedSpreadOverTwoSecondsAndNobodyFails() {
        int keys = 60;
        for (int i = 0; i < keys; i++) {
            stage.hold(request(i), stage.token("a", Duration.ofHours(24)));
        }
        time.advance(Duration.ofHours(11));
        time.stepWall(Duration.ofHours(2));
        time.advance(Duration.ofSeconds(1));
        for (int i = 0; i < keys; i++) {
            assertEmitted(stage.ask(request(i)), "a");
        }
        Set<Integer> counts = new TreeSet<>();
        for (int tenth = 0; tenth < 20; tenth++) {
            counts.add(stage.source.asked() - keys);
            time.advance(Duration.ofMillis(100));
        }
        assertThat(stage.source.asked() - keys).isEqualTo(keys);
        assertThat(counts).as("moments at which some had started").hasSizeGreaterThan(5);
        stage.source.calls().subList(keys, 2 * keys).forEach(call -> call.answer(stage.token("b", Duration.ofHours(24))));
        for (int i = 0; i < keys; i++) {
            assertEmitted(stage.ask(request(i)), "b");
        }
        assertThat(stage.events.count("adjusted by PT2H")).isEqualTo(1);
    }

    @Test
    void whoWaitsIsNotMadeToWaitLongerAfterAStepForward() {
        stage.hold("a");
        time.stepWall(Duration.ofHours(2));
        time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void aStepForwardDuringAFlightShortensItsTokenAndNothingElse() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        AccessToken sentBefore = stage.token("a");
        time.stepWall(Duration.ofMinutes(20));
        time.advance(Duration.ofSeconds(1));
        stage.source.last().answer(sentBefore);
        assertEmitted(subscriber, "a");
        time.advance(Duration.ofMinutes(39));
        assertWaits(askPastTheEnd());
    }

    private TestSubscriber<AccessToken> askPastTheEnd() {
        time.advance(Duration.ofSeconds(56));
        return stage.ask();
    }

    // ---- 47

    @Test
    void aStepBackChangesNothingAndNoTokenOutlivesItsRealLife() {
        stage.hold("a");
        time.advance(Duration.ofMinutes(10));
        time.stepWall(Duration.ofHours(-1));
        time.advance(Duration.ofMinutes(30));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
        time.advance(Duration.ofMinutes(19).plusSeconds(54));
        assertEmitted(stage.ask(), "a");
        time.advance(Duration.ofSeconds(1));
        assertThat(stage.ask().getReceivedOnNext()).isEmpty();
        assertThat(stage.events.count("adjusted")).isZero();
    }

    @Test
    void aStepBackDuringAFlightDoesNotLengthenItsToken() {
        TestSubscriber<AccessToken> subscriber = stage.ask();
        AccessToken sentBefore = stage.token("a");
        time.stepWall(Duration.ofHours(-1));
        time.advance(Duration.ofSeconds(1));
        stage.source.last().answer(sentBefore);
        assertEmitted(subscriber, "a");
        time.advance(Duration.ofMinutes(59).plusSeconds(55));
        assertThat(stage.ask().getReceivedOnNext()).as("one hour after it was sent").isEmpty();
    }

    @Test
    void aTokenAcquiredAfterAStepBackLivesItsWholeLife() {
        time.stepWall(Duration.ofHours(-1));
        time.advance(Duration.ofSeconds(1));
        stage.hold("a");
        time.advance(Duration.ofMinutes(44));
        assertEmitted(stage.ask(), "a");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    // ---- 48

    @Test
    void aClockThatJumpsToAndFroIsBelievedOnceAMinuteAndWarnedOfOnce() {
        AdjustedClock clock = new AdjustedClock(time, by -> stage.events.clockAdjusted(by));
        for (int second = 0; second < 300; second++) {
            time.stepWall(Duration.ofHours(second % 2 == 0 ? 1 : -1));
            time.advance(Duration.ofSeconds(1));
            clock.now();
        }
        assertThat(stage.events.count("adjusted")).isBetween(1L, 5L);
        assertThat(log.list).filteredOn(event -> event.getLevel() == Level.WARN).hasSize(1);
    }

    // ---- 49

    @Test
    void afterASleepTheFirstRequestWaitsForANewToken() {
        stage.hold("a");
        time.advance(Duration.ofSeconds(1));
        time.stepWall(Duration.ofHours(2));
        TestSubscriber<AccessToken> resumed = stage.ask();
        assertWaits(resumed);
        stage.source.last().answer(stage.token("b"));
        assertEmitted(resumed, "b");
        assertThat(log.list).filteredOn(event -> event.getLevel() == Level.INFO).singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage()).contains("PT2H"));
    }

    @Test
    void aMachineThatSleepsAgainAfterSecondsIsBelievedAgain() {
        stage.hold("a");
        time.advance(Duration.ofSeconds(1));
        time.stepWall(Duration.ofMinutes(30));
        assertEmitted(stage.ask(), "a");
        time.advance(Duration.ofSeconds(10));
        time.stepWall(Duration.ofMinutes(30));
        assertWaits(stage.ask());
    }

    @Test
    void aSleepShortensAGateToo() {
        stage.ask();
        stage.source.last().fail(stage.throttling(Duration.ofSeconds(60)));
        time.advance(Duration.ofSeconds(1));
        assertFailed(stage.ask());
        time.stepWall(Duration.ofHours(1));
        time.advance(Duration.ofSeconds(1));
        assertWaits(stage.ask());
    }

    // ---- 50

    @ParameterizedTest(name = "nanoTime starts at {0}")
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 500_000_000L, Long.MAX_VALUE - 1_800_000_000_000L,
        Long.MAX_VALUE - 3_000_000_000_000L, Long.MIN_VALUE, -1, 0})
    void aWrapOfTheMonotonicClockChangesNothing(long nanos) {
        Stage wrapping = new Stage(ManualTime.startingAt(START, nanos), 100);
        wrapping.hold("a");
        wrapping.time.advance(Duration.ofMinutes(44));
        assertEmitted(wrapping.ask(), "a");
        assertThat(wrapping.source.asked()).isEqualTo(1);
        wrapping.time.advance(Duration.ofMinutes(6));
        assertEmitted(wrapping.ask(), "a");
        assertThat(wrapping.source.asked()).isEqualTo(2);
        wrapping.source.last().fail(outage());
        assertEmitted(wrapping.ask(), "a");
        assertThat(wrapping.source.asked()).as("behind the gate").isEqualTo(2);
        wrapping.time.advance(Duration.ofMinutes(10));
        TestSubscriber<AccessToken> waits = wrapping.ask();
        assertWaits(waits);
        wrapping.source.last().answer(wrapping.token("b"));
        assertEmitted(waits, "b");
        wrapping.time.stepWall(HOUR);
        wrapping.time.advance(Duration.ofSeconds(1));
        assertWaits(wrapping.ask());
        assertThat(wrapping.events.count("adjusted")).isEqualTo(1);
    }
}
