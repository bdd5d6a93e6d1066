package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.outage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** "Any token but this one" (DESIGN 3, and the row "S with rejected token" of the table). */
class RejectedTokenTest {

    private final Stage stage = new Stage();

    private TestSubscriber<AccessToken> reject(AccessToken token) {
        return stage.ask(REQUEST.withRejectedToken(token));
    }

    @Test
    void anOldTokenReportedWhileANewerIsHeldCostsNoRequest() {
        AccessToken old = stage.token("old");
        stage.hold("new");
        assertEmitted(reject(old), "new");
        assertThat(stage.source.asked()).isEqualTo(1);
    }

    @Test
    void tenClientsThatReportTheSameTokenCauseOneRefresh() {
        AccessToken held = stage.hold("a");
        List<TestSubscriber<AccessToken>> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(reject(held));
        }
        assertThat(stage.source.asked()).isEqualTo(2);
        assertThat(stage.source.last().request()).as("the source hears of the plain request").isEqualTo(REQUEST);
        stage.source.last().answer(stage.token("b"));
        assertThat(clients).allSatisfy(client -> assertEmitted(client, "b"));
        for (int i = 0; i < 10; i++) {
            assertEmitted(reject(held), "b");
        }
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void nobodyElseLosesATokenThatStillWorksForThem() {
        AccessToken held = stage.hold("a");
        assertWaits(reject(held));
        assertEmitted(stage.ask(), "a");
        stage.source.last().fail(outage());
        assertEmitted(stage.ask(), "a");
    }

    @Test
    void aRejectionJoinsTheRefreshThatIsUnderWay() {
        AccessToken held = stage.hold("a");
        stage.time.advance(DUE);
        assertEmitted(stage.ask(), "a");
        TestSubscriber<AccessToken> client = reject(held);
        assertWaits(client);
        assertThat(stage.source.asked()).isEqualTo(2);
        stage.source.last().answer(stage.token("b"));
        assertEmitted(client, "b");
    }

    @Test
    void aServerThatInsistsIsAskedExactlyTwiceAndThenLeftInPeaceForThirtySeconds() {
        AccessToken held = stage.hold("a");
        stage.source.answers(request -> Mono.just(held));
        assertEmitted(reject(held), "a");
        assertThat(stage.source.asked() - 1).isEqualTo(2);
        for (int second = 0; second < 30; second++) {
            assertEmitted(reject(held), "a");
            stage.time.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.source.asked() - 1).as("within thirty seconds").isEqualTo(2);
        stage.time.advance(Duration.ofMillis(1));
        assertEmitted(reject(held), "a");
        assertThat(stage.source.asked() - 1).as("afterwards").isEqualTo(4);
    }

    @Test
    void aHerdOfRejectionsAtAnInsistingServerIsAskedExactlyTwice() {
        AccessToken held = stage.hold("a");
        List<TestSubscriber<AccessToken>> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(reject(held));
        }
        stage.source.last().answer(held);
        assertThat(clients).allSatisfy(Stage::assertWaits);
        assertThat(stage.source.asked() - 1).isEqualTo(2);
        clients.add(reject(held));
        stage.source.last().answer(held);
        assertThat(clients).allSatisfy(client -> assertEmitted(client, "a"));
        assertEmitted(reject(held), "a");
        assertThat(stage.source.asked() - 1).isEqualTo(2);
    }

    @Test
    void theSecondTryMayBringAnotherToken() {
        AccessToken held = stage.hold("a");
        TestSubscriber<AccessToken> client = reject(held);
        stage.source.last().answer(held);
        assertWaits(client);
        stage.source.last().answer(stage.token("b"));
        assertEmitted(client, "b");
        assertEmitted(reject(held), "b");
        assertThat(stage.source.asked()).isEqualTo(3);
    }

    @Test
    void aTokenRejectedBeforeAnyIsHeldIsAskedForTwiceToo() {
        AccessToken rejected = stage.token("a");
        stage.source.answers(request -> Mono.just(rejected));
        assertEmitted(reject(rejected), "a");
        assertThat(stage.source.asked()).isEqualTo(2);
        assertEmitted(reject(rejected), "a");
        assertThat(stage.source.asked()).isEqualTo(2);
    }

    @Test
    void aFailureIsSeenByWhoRejectedAndGatesTheNextRejection() {
        AccessToken held = stage.hold("a");
        TestSubscriber<AccessToken> client = reject(held);
        stage.source.last().fail(outage());
        assertThat(assertFailed(client)).hasMessage("SomeCredential got no answer.");
        assertThat(assertFailed(reject(held))).hasMessageContaining("No new attempt");
        assertThat(stage.source.asked()).isEqualTo(2);
        stage.time.advance(Duration.ofSeconds(15));
        assertWaits(reject(held));
    }

    @Test
    void cancellingARejectionLeavesTheFlight() {
        AccessToken held = stage.hold("a");
        reject(held).cancel();
        stage.source.last().answer(stage.token("b"));
        assertEmitted(stage.ask(), "b");
    }

    @Test
    void aRejectionThatLosesTheRaceForTheSlotGetsTheTokenThatLandedMeanwhile() {
        AccessToken held = stage.hold("a");
        List<TestSubscriber<AccessToken>> other = new ArrayList<>();
        stage.onWall(() -> {
            other.add(reject(held));
            stage.source.last().answer(stage.token("b"));
        });
        assertEmitted(reject(held), "b");
        assertEmitted(other.get(0), "b");
        assertThat(stage.source.asked()).isEqualTo(2);
    }
}
