package dev.monocred.bench;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * One thread's subscriber, used again and again, so that a measured call allocates nothing of the benchmark's. A token that is
 * emitted on the asking thread costs two plain fields; for any other the thread parks.
 */
final class Asker implements CoreSubscriber<Object> {

    private final Thread owner = Thread.currentThread();
    private @Nullable Object here;
    private volatile @Nullable Object elsewhere;

    Object ask(Mono<?> token) {
        token.subscribe(this);
        Object answer = here;
        if (answer == null) {
            return await();
        }
        here = null;
        return checked(answer);
    }

    private Object await() {
        Object answer;
        while ((answer = elsewhere) == null) {
            LockSupport.park(this);
        }
        elsewhere = null;
        return checked(answer);
    }

    private static Object checked(Object answer) {
        if (answer instanceof Throwable error) {
            throw new IllegalStateException(error);
        }
        return answer;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object answer) {
        if (Thread.currentThread() == owner) {
            here = answer;
        } else {
            elsewhere = answer;
            LockSupport.unpark(owner);
        }
    }

    @Override
    public void onError(Throwable error) {
        onNext(error);
    }

    @Override
    public void onComplete() {}
}
