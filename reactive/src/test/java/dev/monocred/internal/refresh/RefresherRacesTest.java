package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.refresh.Decision;
import dev.monocred.core.refresh.Snapshot;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.spi.TokenEventListener;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
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
    private final TokenRefresher refresher = refresher(upstream, time.scheduler(), null);
    private final Entry entry = new Entry(refresher, REQUEST);

    @BeforeEach
    void dropQuietly() {
        Hooks.onErrorDropped(dropped -> {});
    }

    @AfterEach
    void dropAsBefore() {
        Hooks.resetOnErrorDropped();
    }

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

    @Test
    void aListenerThatThrowsAnErrorKeepsNobodyFromTheirToken() {
        TokenRefresher refresher = refresher(upstream, time.scheduler(), new ThrowingListener());
        TestSubscriber<AccessToken> first = TestSubscriber.create();
        TestSubscriber<AccessToken> second = TestSubscriber.create();

        refresher.acquire(REQUEST).subscribe(first);
        refresher.acquire(REQUEST).subscribe(second);
        upstream.land("token");

        assertThat(first.getReceivedOnNext()).containsExactly(token("token"));
        assertThat(second.getReceivedOnNext()).containsExactly(token("token"));
    }

    @Test
    void whateverIsThrownBeforeTakeOffFreesTheSlot() {
        TestSubscriber<AccessToken> first = TestSubscriber.create();
        Demand broken = (snapshot, now) -> {
            if (entry.slot() != null) {
                throw new IllegalStateException("out of luck");
            }
            return Decision.ACQUIRE;
        };

        entry.serve(broken, first);

        assertThat(first.isTerminatedError()).isTrue();
        assertThat(entry.slot()).as("F-13").isNull();
    }

    @Test
    void anUpstreamThatCannotBeCancelledKeepsNobodyWaiting() {
        TokenSource stubborn = request -> Mono.fromDirect(subscriber -> subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                throw new IllegalStateException("no");
            }
        }));
        TokenRefresher refresher = refresher(stubborn, time.scheduler(), null);
        TestSubscriber<AccessToken> untilDeadline = TestSubscriber.create();
        TestSubscriber<AccessToken> untilClose = TestSubscriber.create();

        refresher.acquire(REQUEST).subscribe(untilDeadline);
        time.advance(Duration.ofSeconds(30));
        assertThat(untilDeadline.isTerminatedError()).as("F-7").isTrue();

        refresher.acquire(REQUEST.withTenantId("other")).subscribe(untilClose);
        refresher.close().subscribe();
        assertThat(untilClose.isTerminatedError()).as("C-2").isTrue();
    }

    @Test
    void aTimerSetWhileCloseLandsTheFlightIsStopped() {
        Timers timers = new Timers(time.scheduler());
        TokenRefresher refresher = refresher(request -> {
            throw new IllegalStateException("closed meanwhile");
        }, timers, null);
        // Close lands the flight after its timer was scheduled and before the flight knows of it.
        timers.amidSchedule = () -> refresher.close().subscribe();

        refresher.acquire(REQUEST).subscribe(TestSubscriber.create());

        assertThat(timers.scheduled).singleElement().satisfies(timer -> assertThat(timer.isDisposed()).isTrue());
    }

    @Test
    void aClaimsFlightThatStartedBeforeForgettingIsNotJoinedAfterIt() {
        TokenRequestContext claims = REQUEST.withClaims("{}");
        TestSubscriber<AccessToken> before = TestSubscriber.create();
        TestSubscriber<AccessToken> after = TestSubscriber.create();
        refresher.acquire(claims).subscribe(before);

        refresher.forget();
        refresher.acquire(claims).subscribe(after);
        upstream.land(0, "somebody else's");

        assertThat(before.getReceivedOnNext()).containsExactly(token("somebody else's"));
        assertThat(after.getReceivedOnNext()).isEmpty();
        upstream.land(1, "mine");
        assertThat(after.getReceivedOnNext()).containsExactly(token("mine"));
    }

    private TokenRefresher refresher(TokenSource source, Scheduler scheduler, @Nullable TokenEventListener listener) {
        return new TokenRefresher(source, request -> request,
                new RefresherOptions("TestCredential", time, scheduler, Duration.ofSeconds(30), 100, listener));
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

    private static final class ThrowingListener implements TokenEventListener {

        @Override
        public void started(TokenRequestContext request, boolean background) {
            throw new AssertionError("started");
        }

        @Override
        public void joined(TokenRequestContext request) {
            throw new AssertionError("joined");
        }
    }

    /** Remembers what was scheduled, and lets something happen between scheduling and knowing of it. */
    private static final class Timers implements Scheduler {

        private final Scheduler scheduler;
        private final List<Disposable> scheduled = new ArrayList<>();
        private Runnable amidSchedule = () -> {};

        Timers(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        @Override
        public Disposable schedule(Runnable task) {
            return scheduler.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            Disposable timer = Disposables.composite(scheduler.schedule(task, delay, unit));
            scheduled.add(timer);
            amidSchedule.run();
            return timer;
        }

        @Override
        public Worker createWorker() {
            return scheduler.createWorker();
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
