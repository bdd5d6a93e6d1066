package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.refresh.Decision;
import dev.monocred.core.refresh.Snapshot;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.subscriber.TestSubscriber;

/**
 * Interleavings that jcstress would meet once in a million, put in order by hand: what another thread would do in between is
 * done from inside a callback.
 */
class RefresherRacesTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://example.org/.default");

    private static final Demand CLAIMS = new Demand.Claims("{}", null, 0);

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final Upstream upstream = new Upstream();
    private final TokenRefresher refresher = new TokenRefresher(upstream, request -> request,
            new RefresherOptions("TestCredential", time, time.scheduler(), Duration.ofSeconds(30), 100, null));
    private final Entry entry = new Entry(refresher, REQUEST);

    @Test
    void whoJoinedAFlightThatIsAbandonedStillGetsWhatItAskedFor() {
        landFirst("old");
        TestSubscriber<AccessToken> rejecting = TestSubscriber.create();
        TestSubscriber<AccessToken> starter = TestSubscriber.create();

        entry.serve(new SecondLook(
                () -> entry.serve(new Demand.NotRejected("old", Integer.MAX_VALUE), rejecting)), starter);

        assertThat(starter.getReceivedOnNext()).as("F-1: the starter's reason is gone").containsExactly(token("old"));
        assertThat(rejecting.getReceivedOnNext()).as("F-3: the joiner's reason is not").isEmpty();
        assertThat(upstream.requests()).isEqualTo(2);

        upstream.land("new");
        assertThat(rejecting.getReceivedOnNext()).containsExactly(token("new"));
    }

    @Test
    void whoMeetsAnAbandonedFlightTooLateDecidesAnew() {
        landFirst("old");
        List<Flight> abandoned = new ArrayList<>();
        entry.serve(new SecondLook(() -> abandoned.add(entry.slot())), TestSubscriber.create());
        TestSubscriber<AccessToken> late = TestSubscriber.create();

        Waiter waiter = new Waiter(late, new Demand.NotRejected("old", Integer.MAX_VALUE));
        late.onSubscribe(waiter);
        abandoned.get(0).join(waiter);
        upstream.land("new");

        assertThat(late.getReceivedOnNext()).as("F-3").containsExactly(token("new"));
    }

    @Test
    void aFailureIsNoneIfAClaimsFlightBroughtATokenMeanwhileWhicheverStartedFirst() {
        for (boolean claimsFirst : new boolean[] {true, false}) {
            Entry fresh = new Entry(refresher, REQUEST);
            TestSubscriber<AccessToken> plain = TestSubscriber.create();
            TestSubscriber<AccessToken> rejecting = TestSubscriber.create();
            int first = upstream.requests();
            if (claimsFirst) {
                fresh.serve(CLAIMS, TestSubscriber.create());
            }
            fresh.serve(Demand.PLAIN, plain);
            fresh.serve(new Demand.NotRejected("token", Integer.MAX_VALUE), rejecting);
            if (!claimsFirst) {
                fresh.serve(CLAIMS, TestSubscriber.create());
            }

            upstream.land(first + (claimsFirst ? 0 : 1), "token");
            upstream.fail(first + (claimsFirst ? 1 : 0));

            assertThat(plain.getReceivedOnNext()).as("claims flight first: %s", claimsFirst).containsExactly(token("token"));
            assertThat(rejecting.isTerminatedError()).as("to whom the token is of no use").isTrue();
        }
    }

    private void landFirst(String text) {
        entry.serve(Demand.PLAIN, TestSubscriber.create());
        upstream.land(text);
    }

    private AccessToken token(String text) {
        return AccessToken.of(text, Instant.parse("2030-01-01T01:00:00Z"));
    }

    /** Wants a new token until it has won the slot; what happens meanwhile takes the reason away. */
    private final class SecondLook implements Demand {

        private final Runnable meanwhile;
        private boolean won;

        SecondLook(Runnable meanwhile) {
            this.meanwhile = meanwhile;
        }

        @Override
        public Decision decide(Snapshot snapshot, long now) {
            if (!won && entry.slot() != null) {
                won = true;
                meanwhile.run();
            }
            return won ? Decision.USE : Decision.ACQUIRE;
        }
    }

    private final class Upstream implements TokenSource {

        private final List<Sinks.One<AccessToken>> asked = new ArrayList<>();

        @Override
        public Mono<AccessToken> acquire(TokenRequestContext request) {
            Sinks.One<AccessToken> answer = Sinks.one();
            asked.add(answer);
            return answer.asMono();
        }

        int requests() {
            return asked.size();
        }

        void land(String text) {
            land(asked.size() - 1, text);
        }

        void land(int which, String text) {
            asked.get(which).tryEmitValue(token(text)).orThrow();
        }

        void fail(int which) {
            asked.get(which).tryEmitError(new ClientAuthenticationException("refused")).orThrow();
        }
    }
}
