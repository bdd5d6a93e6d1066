package dev.monocred.internal.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The Reactive Streams TCK on {@link TokenMono}, in each of its three ways to emit. The TCK is written for TestNG; its
 * methods are called one by one here, so that one test engine runs everything.
 */
class TokenMonoTckTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://example.org/.default");
    private static final AccessToken TOKEN = AccessToken.of("token", Instant.ofEpochSecond(3600));

    @TestFactory
    Stream<DynamicTest> aHeldToken() {
        return verify(TokenMonoTckTest::hit);
    }

    @TestFactory
    Stream<DynamicTest> aMissThatLandsWhileItIsSubscribed() {
        return verify(TokenMonoTckTest::miss);
    }

    @TestFactory
    Stream<DynamicTest> aMissThatLandsOnAnotherThread() {
        return verify(TokenMonoTckTest::missElsewhere);
    }

    @org.junit.jupiter.api.Test
    void aPublisherThatBreaksTheRulesIsFoundOut() throws Exception {
        Method rule = PublisherVerification.class.getMethod("required_createPublisher1MustProduceAStreamOfExactly1Element");

        assertThatThrownBy(() -> run(rule, new TokenMonoVerification(() -> Mono.<AccessToken>never(), 50)))
                .isInstanceOf(AssertionError.class);
    }

    /** The TCK passes over these for a publisher of one element. */
    @org.junit.jupiter.api.Test
    void nothingIsEmittedWithoutDemandOrAfterCancellingAndADemandForNothingIsAnError() {
        for (Supplier<Mono<AccessToken>> publisher : List.<Supplier<Mono<AccessToken>>>of(TokenMonoTckTest::hit, TokenMonoTckTest::miss)) {
            Recorder idle = new Recorder();
            publisher.get().subscribe(foreign(idle));
            assertThat(idle.signals).as("1.1").isEmpty();
            idle.subscription.request(1);
            idle.subscription.request(1);
            assertThat(idle.signals).as("1.1, 1.5").containsExactly("token", "complete");

            Recorder gone = new Recorder();
            publisher.get().subscribe(foreign(gone));
            gone.subscription.cancel();
            gone.subscription.cancel();
            gone.subscription.request(1);
            assertThat(gone.signals).as("3.6, 3.7").isEmpty();

            Recorder wrong = new Recorder();
            publisher.get().subscribe(foreign(wrong));
            wrong.subscription.request(0);
            wrong.subscription.request(1);
            assertThat(wrong.signals).as("3.9").containsExactly("IllegalArgumentException");
        }
    }

    /** Reactor checks what foreign subscribers request; for its own we do (F-15). */
    @org.junit.jupiter.api.Test
    void aWaiterOfReactorsOwnKindThatDemandsNothingIsToldSoAloneAndOnce() {
        Sinks.One<AccessToken> answer = Sinks.one();
        TokenRefresher refresher = refresher(request -> answer.asMono());
        Recorder wrong = new Recorder();
        Recorder right = new Recorder();
        refresher.acquire(REQUEST).subscribe(wrong);
        refresher.acquire(REQUEST).subscribe(right);

        wrong.subscription.request(-1);
        right.subscription.request(1);
        answer.tryEmitValue(TOKEN).orThrow();

        assertThat(wrong.signals).containsExactly("IllegalArgumentException");
        assertThat(right.signals).containsExactly("token", "complete");
    }

    private static Mono<AccessToken> hit() {
        TokenRefresher refresher = refresher(request -> Mono.just(TOKEN));
        refresher.acquire(REQUEST).block();
        return refresher.acquire(REQUEST);
    }

    private static Mono<AccessToken> miss() {
        return refresher(request -> Mono.just(TOKEN)).acquire(REQUEST);
    }

    private static Mono<AccessToken> missElsewhere() {
        return refresher(request -> Mono.just(TOKEN).delayElement(Duration.ofMillis(1))).acquire(REQUEST);
    }

    private static TokenRefresher refresher(TokenSource source) {
        return new TokenRefresher(source, request -> request, new RefresherOptions("TestCredential", new StandingTime(),
                Schedulers.parallel(), Duration.ofSeconds(30), 100, null));
    }

    private static Stream<DynamicTest> verify(Supplier<Mono<AccessToken>> publisher) {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> DynamicTest.dynamicTest(method.getName(),
                        () -> run(method, new TokenMonoVerification(publisher, 2_000))));
    }

    private static void run(Method method, TokenMonoVerification verification) throws Throwable {
        verification.setUp();
        try {
            method.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException doesNotApply) {
                Assumptions.abort(String.valueOf(doesNotApply.getMessage()));
            }
            throw e.getCause();
        }
    }

    private static Subscriber<AccessToken> foreign(Recorder recorder) {
        return new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription given) {
                recorder.onSubscribe(given);
            }

            @Override
            public void onNext(AccessToken token) {
                recorder.onNext(token);
            }

            @Override
            public void onError(Throwable error) {
                recorder.onError(error);
            }

            @Override
            public void onComplete() {
                recorder.onComplete();
            }
        };
    }

    private static final class Recorder implements CoreSubscriber<AccessToken> {

        private final List<String> signals = new ArrayList<>();
        private Subscription subscription = Operators.emptySubscription();

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(AccessToken token) {
            signals.add(token.token());
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error.getClass().getSimpleName());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    private static final class StandingTime implements TimeSource {

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    }

    private static final class TokenMonoVerification extends PublisherVerification<AccessToken> {

        private final Supplier<Mono<AccessToken>> publisher;

        TokenMonoVerification(Supplier<Mono<AccessToken>> publisher, long patience) {
            super(new TestEnvironment(patience, 20));
            this.publisher = publisher;
        }

        @Override
        public long maxElementsFromPublisher() {
            return 1;
        }

        @Override
        public Publisher<AccessToken> createPublisher(long elements) {
            return publisher.get();
        }

        @Override
        public Publisher<AccessToken> createFailedPublisher() {
            TokenRefresher closed = refresher(request -> Mono.just(TOKEN));
            closed.close().block();
            return closed.acquire(REQUEST);
        }
    }
}
