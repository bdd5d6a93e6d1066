package dev.monocred.internal.refresh;

import static dev.monocred.internal.refresh.Stage.DUE;
import static dev.monocred.internal.refresh.Stage.REQUEST;
import static dev.monocred.internal.refresh.Stage.assertEmitted;
import static dev.monocred.internal.refresh.Stage.assertFailed;
import static dev.monocred.internal.refresh.Stage.assertWaits;
import static dev.monocred.internal.refresh.Stage.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;

/** One refresher for many users (M-1): what belongs to whom, and how long it is kept (E-2). */
class OwnersTest {

    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final Duration LONG = Duration.ofHours(24);

    private final ManualTime time = ManualTime.startingAt(Stage.START);
    private final EventLog events = new EventLog();
    private final ScriptedSource nobodys = new ScriptedSource();
    private final ScriptedSource alices = new ScriptedSource();
    private final ScriptedSource bobs = new ScriptedSource();
    private final TokenRefresher refresher = new TokenRefresher(nobodys, UnaryOperator.identity(), new RefresherOptions(
            "SomeCredential", time, time.scheduler(), RefresherOptions.NETWORK_DEADLINE, 1_000, events, IDLE));

    private TestSubscriber<AccessToken> alice(TokenRequestContext request) {
        return ask(new TokenOwner("alice", alices), request);
    }

    private TestSubscriber<AccessToken> bob(TokenRequestContext request) {
        return ask(new TokenOwner("bob", bobs), request);
    }

    private TestSubscriber<AccessToken> ask(TokenOwner owner, TokenRequestContext request) {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        refresher.acquire(owner, request).subscribe(subscriber);
        return subscriber;
    }

    private AccessToken token(String text) {
        return AccessToken.of(text, time.now().plus(LONG));
    }

    private void hold() {
        alices.answers(request -> Mono.fromSupplier(() -> token("of alice")));
        bobs.answers(request -> Mono.fromSupplier(() -> token("of bob")));
        assertEmitted(alice(REQUEST), "of alice");
        assertEmitted(bob(REQUEST), "of bob");
    }

    @Test
    void eachOwnersTokensComeFromItsOwnSourceAndGoToNobodyElse() {
        hold();
        nobodys.answers(request -> Mono.just(token("of nobody")));
        TestSubscriber<AccessToken> nobody = TestSubscriber.create();
        refresher.acquire(REQUEST).subscribe(nobody);
        assertEmitted(nobody, "of nobody");
        assertEmitted(alice(REQUEST), "of alice");
        assertEmitted(bob(REQUEST), "of bob");
        assertThat(alices.asked() + bobs.asked() + nobodys.asked()).isEqualTo(3);
    }

    @Test
    void equalOwnersShareOneFlight() {
        TestSubscriber<AccessToken> first = alice(REQUEST);
        TestSubscriber<AccessToken> second = alice(REQUEST);
        assertWaits(first);
        alices.last().answer(token("of alice"));
        assertEmitted(first, "of alice");
        assertEmitted(second, "of alice");
        assertThat(alices.asked()).isEqualTo(1);
    }

    @Test
    void anOwnersFailureIsItsOwn() {
        TestSubscriber<AccessToken> first = alice(REQUEST);
        alices.last().fail(Stage.refusal());
        assertFailed(first);
        assertFailed(alice(REQUEST));
        assertThat(alices.asked()).as("the second found the gate").isEqualTo(1);
        assertWaits(bob(REQUEST));
        assertThat(bobs.asked()).isEqualTo(1);
    }

    @Test
    void claimsAndRejectedTokensConcernTheirOwnerOnly() {
        hold();
        alices.answers(request -> Mono.fromSupplier(() -> token(request.claims() == null ? "next of alice" : "claimed")));
        assertEmitted(alice(REQUEST.withClaims("{}")), "claimed");
        assertEmitted(alice(REQUEST.withRejectedToken(token("claimed"))), "next of alice");
        assertEmitted(alice(REQUEST), "next of alice");
        assertEmitted(bob(REQUEST), "of bob");
        assertThat(bobs.asked()).isEqualTo(1);
    }

    @Test
    void anOwnersTokenIsRefreshedInTheBackgroundFromItsOwnSource() {
        alices.answers(request -> Mono.fromSupplier(() -> AccessToken.of("of alice", time.now().plus(Stage.HOUR))));
        alice(REQUEST);
        time.advance(DUE);
        assertEmitted(alice(REQUEST), "of alice");
        assertThat(alices.asked()).isEqualTo(2);
        assertThat(nobodys.asked()).isZero();
    }

    @Test
    void whatNobodyUsedForTheIdleTimeIsForgottenWhenSomebodyNewComes() {
        hold();
        time.advance(IDLE); // both are new, so this walk only marks them
        alice(request(1));
        time.advance(IDLE.dividedBy(2));
        alice(REQUEST);
        time.advance(IDLE.dividedBy(2));
        alice(request(2));
        assertThat(events.count("evicted")).as("what bob had").isEqualTo(1);
        assertEmitted(alice(REQUEST), "of alice");
        assertThat(alices.asked()).isEqualTo(3);
        bob(REQUEST);
        assertThat(bobs.asked()).as("bob is asked for again").isEqualTo(2);
    }

    @Test
    void aFlightIsNotForgotten() {
        TokenRefresher hasty = new TokenRefresher(nobodys, UnaryOperator.identity(), new RefresherOptions("SomeCredential", time,
                time.scheduler(), RefresherOptions.NETWORK_DEADLINE, 1_000, events, Duration.ofSeconds(10)));
        TestSubscriber<AccessToken> waiting = TestSubscriber.create();
        hasty.acquire(new TokenOwner("alice", alices), REQUEST).subscribe(waiting);
        for (int n = 1; n <= 2; n++) {
            time.advance(Duration.ofSeconds(11));
            hasty.acquire(new TokenOwner("bob", bobs), request(n)).subscribe();
        }
        alices.last().answer(token("of alice"));
        assertEmitted(waiting, "of alice");
        hasty.acquire(new TokenOwner("alice", alices), REQUEST).subscribe();
        assertThat(alices.asked()).isEqualTo(1);
    }

    @Test
    void aHundredThousandOwnersDoNotGrowTheMap() {
        for (int n = 0; n < 100_000; n++) {
            refresher.acquire(new TokenOwner("owner " + n, request -> Mono.just(token("t"))), REQUEST).subscribe();
        }
        assertThat(100_000 - events.count("evicted")).isBetween(900L, 1_000L);
    }

    @Test
    void whoOwnsIsNamedAndNotTheSource() {
        assertThat(new TokenOwner("alice", alices)).hasToString("TokenOwner[alice]").isEqualTo(new TokenOwner("alice", bobs))
                .hasSameHashCodeAs(new TokenOwner("alice", bobs)).isNotEqualTo(new TokenOwner("bob", alices));
        assertThat(refresher.acquire(new TokenOwner("alice", alices), REQUEST)).hasToString("TokenMono[TokenOwner[alice], "
                + REQUEST + "]");
    }
}
