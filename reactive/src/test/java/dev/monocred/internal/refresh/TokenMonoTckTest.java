package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import reactor.core.publisher.Mono;
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
        return verify(() -> {
            TokenRefresher refresher = refresher(request -> Mono.just(TOKEN));
            refresher.acquire(REQUEST).block();
            return refresher.acquire(REQUEST);
        });
    }

    @TestFactory
    Stream<DynamicTest> aMissThatLandsWhileItIsSubscribed() {
        return verify(() -> refresher(request -> Mono.just(TOKEN)).acquire(REQUEST));
    }

    @TestFactory
    Stream<DynamicTest> aMissThatLandsOnAnotherThread() {
        return verify(() -> refresher(request -> Mono.just(TOKEN).delayElement(Duration.ofMillis(1))).acquire(REQUEST));
    }

    private static TokenRefresher refresher(TokenSource source) {
        return new TokenRefresher(source, request -> request, new RefresherOptions("TestCredential", new StandingTime(),
                Schedulers.parallel(), Duration.ofSeconds(30), 100, null));
    }

    private static Stream<DynamicTest> verify(Supplier<Mono<AccessToken>> publisher) {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> DynamicTest.dynamicTest(method.getName(),
                        () -> run(method, new TokenMonoVerification(publisher))));
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

        TokenMonoVerification(Supplier<Mono<AccessToken>> publisher) {
            super(new TestEnvironment(2_000, 20));
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
