package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.outage;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** How many entries are kept (E-1 to E-5) and how many flights run in the background (F-20). */
class BoundTest {

    private final Stage stage = new Stage(100);

    private void answerEverything() {
        stage.source.answers(request -> Mono.fromSupplier(() -> stage.token("t")));
    }

    private long kept(int asked) {
        return asked - stage.events.count("evicted");
    }

    @Test
    void overTheBoundEntriesAreDropped() {
        answerEverything();
        for (int key = 0; key < 1_000; key++) {
            assertEmitted(stage.ask(request(key)), "t");
            assertThat(kept(key + 1)).isLessThanOrEqualTo(100);
        }
        assertThat(kept(1_000)).isGreaterThanOrEqualTo(90);
    }

    @Test
    void whatWasEvictedIsAskedForAgain() {
        answerEverything();
        for (int key = 0; key < 1_000; key++) {
            stage.ask(request(key));
        }
        int before = stage.source.asked();
        for (int key = 0; key < 1_000; key++) {
            assertEmitted(stage.ask(request(key)), "t");
        }
        assertThat(stage.source.asked() - before).isBetween(900, 1_000);
    }

    @Test
    void oneHundredThousandKeysDoNotGrowTheMap() {
        Stage tenants = new Stage(10_000);
        AccessToken token = tenants.token("t");
        tenants.source.answers(request -> Mono.just(token));
        for (int key = 0; key < 100_000; key++) {
            tenants.refresher.acquire(request(key)).subscribe();
        }
        assertThat(tenants.source.asked()).isEqualTo(100_000);
        assertThat(100_000 - tenants.events.count("evicted")).isBetween(9_000L, 10_000L);
    }

    @Test
    void whatIsUsedStaysAndWhatIsExpiredGoesFirst() {
        answerEverything();
        for (int key = 0; key < 100; key++) {
            stage.ask(request(key));
        }
        stage.ask(request(100));
        stage.ask(request(1));
        stage.events.lines().clear();
        int before = stage.source.asked();
        for (int key = 1_000; key < 2_000; key++) {
            assertEmitted(stage.ask(request(1)), "t");
            stage.ask(request(key));
        }
        assertThat(stage.source.asked() - before).as("the busy key was never asked for again").isEqualTo(1_000);
        assertThat(stage.events.lines()).doesNotContain("evicted " + request(1).scopes());
    }

    @Test
    void expiredAndIdleEntriesGoFirst() {
        for (int key = 0; key < 50; key++) {
            stage.hold(request(key), stage.token("brief", Duration.ofSeconds(60)));
        }
        answerEverything();
        for (int key = 50; key <= 100; key++) {
            stage.ask(request(key));
        }
        // That was the first walk, which takes note of who is used from now on.
        stage.time.advance(Duration.ofMinutes(2));
        for (int key = 101; key < 150; key++) {
            stage.ask(request(key));
        }
        stage.events.lines().removeIf(line -> !line.startsWith("evicted"));
        int before = stage.source.asked();
        for (int key = 101; key < 150; key++) {
            stage.ask(request(key));
        }
        assertThat(stage.source.asked() - before).as("the young ones are all there").isZero();
    }

    @Test
    void flightsAreNeverEvicted() {
        Stage small = new Stage(10);
        List<TestSubscriber<AccessToken>> first = new ArrayList<>();
        for (int key = 0; key < 50; key++) {
            first.add(small.ask(request(key)));
        }
        for (int key = 0; key < 50; key++) {
            first.add(small.ask(request(key)));
        }
        assertThat(small.source.asked()).as("everybody joined").isEqualTo(50);
        assertThat(small.events.count("evicted")).isZero();
        for (int key = 0; key < 50; key++) {
            small.source.calls().get(key).answer(small.token("t" + key));
        }
        for (int i = 0; i < 100; i++) {
            assertEmitted(first.get(i), "t" + i % 50);
        }
    }

    @Test
    void flightsForClaimsAreNeverEvicted() {
        Stage small = new Stage(10);
        List<TestSubscriber<AccessToken>> subscribers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            subscribers.add(small.ask(request(i % 30).withClaims("{}")));
        }
        assertThat(small.source.asked()).isEqualTo(30);
        for (int key = 0; key < 30; key++) {
            small.source.calls().get(key).answer(small.token("t" + key));
        }
        for (int i = 0; i < 60; i++) {
            assertEmitted(subscribers.get(i), "t" + i % 30);
        }
    }

    @Test
    void afterAnOvershootTheNextNewcomersBringTheMapBackToItsBound() {
        Stage small = new Stage(10);
        for (int key = 0; key < 500; key++) {
            small.ask(request(key));
        }
        for (int key = 0; key < 500; key++) {
            small.source.calls().get(key).answer(small.token("t"));
        }
        small.source.answers(request -> Mono.fromSupplier(() -> small.token("t")));
        for (int key = 500; key < 510; key++) {
            small.ask(request(key));
        }
        assertThat(510 - small.events.count("evicted")).isLessThanOrEqualTo(11);
    }

    // ---- F-20

    @Test
    void atMostSixtyFourFlightsRunInTheBackgroundAndEverybodyIsServed() {
        Stage busy = warmAndDue(100);
        for (int key = 0; key < 100; key++) {
            assertEmitted(busy.ask(request(key)), "a");
        }
        assertThat(busy.source.asked() - 100).isEqualTo(64);
        for (int i = 0; i < 10; i++) {
            busy.source.calls().get(100 + i).answer(busy.token("b"));
        }
        for (int key = 0; key < 100; key++) {
            busy.ask(request(key));
        }
        assertThat(busy.source.asked() - 100).as("ten permits came back").isEqualTo(74);
    }

    @Test
    void everyEndingOfABackgroundFlightGivesItsPermitBack() {
        Stage busy = warmAndDue(400);
        int key = 0;
        for (int ending = 0; ending < 6; ending++) {
            int before = busy.source.asked();
            for (int i = 0; i < 64; i++, key++) {
                switch (ending) {
                    case 3 -> busy.source.answers(request -> {
                        throw new IllegalStateException("broken");
                    });
                    case 4 -> busy.source.answers(request -> Mono.empty());
                    default -> busy.source.holds();
                }
                assertEmitted(busy.ask(request(key)), "a");
            }
            assertThat(busy.source.asked() - before).as("before ending %d", ending).isEqualTo(64);
            switch (ending) {
                case 0 -> busy.source.calls().subList(before, before + 64).forEach(call -> call.answer(busy.token("b")));
                case 1 -> busy.source.calls().subList(before, before + 64).forEach(call -> call.fail(outage()));
                case 2 -> busy.time.advance(Duration.ofSeconds(30));
                default -> { }
            }
        }
    }

    @Test
    void whoLosesTheRaceForTheSlotGivesItsPermitBack() {
        Stage busy = warmAndDue(64);
        busy.hold(request(1_000), busy.token("the clocks have been compared"));
        int before = busy.source.asked();
        for (int key = 0; key < 64; key++) {
            TokenRequestContext request = request(key);
            busy.onWall(() -> assertEmitted(busy.ask(request), "a"));
            assertEmitted(busy.ask(request), "a");
        }
        assertThat(busy.source.asked() - before).isEqualTo(64);
    }

    @Test
    void whoWaitsNeedsNoPermit() {
        Stage busy = warmAndDue(64);
        for (int key = 0; key < 64; key++) {
            busy.ask(request(key));
        }
        for (int key = 1_000; key < 1_100; key++) {
            assertWaits(busy.ask(request(key)));
        }
        assertThat(busy.source.asked()).isEqualTo(64 + 64 + 100);
    }

    private static Stage warmAndDue(int keys) {
        Stage busy = new Stage();
        for (int key = 0; key < keys; key++) {
            busy.hold(request(key), busy.token("a"));
        }
        busy.time.advance(DUE);
        return busy;
    }
}
