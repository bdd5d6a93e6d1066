package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.test.subscriber.TestSubscriber;

/** A refresher with everything around it under the test's hand. */
final class Stage {

    static final TokenRequestContext REQUEST = TokenRequestContext.of("https://api.invalid/.default");
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final Duration HOUR = Duration.ofHours(1);
    /** After this a token of one hour is due, whatever the jitter, and still usable. */
    static final Duration DUE = Duration.ofMinutes(50);

    final ManualTime time;
    final ScriptedSource source = new ScriptedSource();
    final EventLog events = new EventLog();
    final TokenRefresher refresher;

    /** Runs once at the next reading of the wall clock: just when a subscriber that found no flight makes one. */
    private volatile @Nullable Runnable onWall;

    Stage() {
        this(ManualTime.startingAt(START), RefresherOptions.DEFAULT_MAX_ENTRIES);
    }

    Stage(int maxEntries) {
        this(ManualTime.startingAt(START), maxEntries);
    }

    Stage(ManualTime time, int maxEntries) {
        this.time = time;
        refresher = new TokenRefresher(source, UnaryOperator.identity(), new RefresherOptions("SomeCredential", clock(),
                time.scheduler(), RefresherOptions.NETWORK_DEADLINE, maxEntries, events));
    }

    private TimeSource clock() {
        return new TimeSource() {
            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public long wallMillis() {
                Runnable action = onWall;
                if (action != null) {
                    onWall = null;
                    action.run();
                }
                return time.wallMillis();
            }
        };
    }

    void onWall(Runnable action) {
        onWall = action;
    }

    static TokenRequestContext request(int n) {
        return TokenRequestContext.of("https://api" + n + ".invalid/.default");
    }

    AccessToken token(String text) {
        return token(text, HOUR);
    }

    AccessToken token(String text, Duration lifetime) {
        return AccessToken.of(text, time.now().plus(lifetime));
    }

    TestSubscriber<AccessToken> ask() {
        return ask(REQUEST);
    }

    TestSubscriber<AccessToken> ask(TokenRequestContext request) {
        TestSubscriber<AccessToken> subscriber = TestSubscriber.create();
        refresher.acquire(request).subscribe(subscriber);
        return subscriber;
    }

    /** Lets the refresher hold a token of one hour. */
    AccessToken hold(String text) {
        return hold(REQUEST, token(text));
    }

    AccessToken hold(TokenRequestContext request, AccessToken token) {
        TestSubscriber<AccessToken> subscriber = ask(request);
        source.last().answer(token);
        assertEmitted(subscriber, token.token());
        return token;
    }

    static void assertEmitted(TestSubscriber<AccessToken> subscriber, String text) {
        assertThat(subscriber.getReceivedOnNext()).extracting(AccessToken::token).containsExactly(text);
        assertThat(subscriber.isTerminatedComplete()).as("completed").isTrue();
    }

    static void assertWaits(TestSubscriber<AccessToken> subscriber) {
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        assertThat(subscriber.isTerminatedOrCancelled()).as("ended").isFalse();
    }

    static Throwable assertFailed(TestSubscriber<AccessToken> subscriber) {
        assertThat(subscriber.getReceivedOnNext()).isEmpty();
        return subscriber.expectTerminalError();
    }

    static ClientAuthenticationException outage() {
        return new ClientAuthenticationException("SomeCredential got no answer.", null, Details.NONE.withTransient(true));
    }

    static ClientAuthenticationException refusal() {
        return new ClientAuthenticationException("SomeCredential was refused.", null, Details.NONE);
    }

    ClientAuthenticationException throttling(Duration pause) {
        return new ClientAuthenticationException("SomeCredential was throttled.", null,
                Details.NONE.withTransient(true).withRetryAt(time.now().plus(pause)));
    }
}
