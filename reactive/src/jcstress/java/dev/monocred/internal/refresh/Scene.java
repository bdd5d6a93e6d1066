package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A refresher before a source that lands when told to, at a time that stands still; its timers never fire. */
final class Scene implements TokenSource, TimeSource, Scheduler {

    static final TokenRequestContext REQUEST = TokenRequestContext.of("https://example.org/.default");
    static final TokenRequestContext OTHER_REQUEST = TokenRequestContext.of("https://other.example.org/.default");
    static final Duration LIFETIME = Duration.ofHours(1);

    final TokenRefresher refresher;

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicReferenceArray<Acquisition> acquisitions = new AtomicReferenceArray<>(8);
    private final AtomicInteger timers = new AtomicInteger();
    private long seconds;

    Scene() {
        this(100);
    }

    Scene(int maxEntries) {
        refresher = new TokenRefresher(this, request -> request,
                new RefresherOptions("RaceCredential", this, this, Duration.ofSeconds(30), maxEntries, null));
    }

    /** Somebody who asks, and wants what there is. */
    Caller call(TokenRequestContext request) {
        Caller caller = new Caller();
        call(request, caller);
        return caller;
    }

    void call(TokenRequestContext request, Caller caller) {
        refresher.acquire(request).subscribe(caller);
    }

    /** How often the source was asked. */
    int requests() {
        return requests.get();
    }

    /** The source's answer to one request, counted from zero. */
    Acquisition acquisition(int which) {
        return acquisitions.get(which);
    }

    /** Deadlines neither reached nor stopped. */
    int timers() {
        return timers.get();
    }

    /** Before the race only. */
    void pass(Duration time) {
        seconds += time.toSeconds();
    }

    AccessToken token(String text) {
        return AccessToken.of(text, Instant.ofEpochSecond(seconds).plus(LIFETIME));
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return new Acquisition();
    }

    @Override
    public long nanos() {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Override
    public long wallMillis() {
        return TimeUnit.SECONDS.toMillis(seconds);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        timers.incrementAndGet();
        AtomicBoolean stopped = new AtomicBoolean();
        return () -> {
            if (stopped.compareAndSet(false, true)) {
                timers.decrementAndGet();
            }
        };
    }

    @Override
    public Disposable schedule(Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException();
    }

    /** One request to the source. */
    final class Acquisition extends Mono<AccessToken> implements Subscription {

        private volatile CoreSubscriber<? super AccessToken> flight;
        private volatile boolean cancelled;

        @Override
        public void subscribe(CoreSubscriber<? super AccessToken> actual) {
            flight = actual;
            acquisitions.set(requests.getAndIncrement(), this);
            actual.onSubscribe(this);
        }

        Flight flight() {
            return (Flight) flight;
        }

        void land(String text) {
            flight.onNext(token(text));
            flight.onComplete();
        }

        boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
