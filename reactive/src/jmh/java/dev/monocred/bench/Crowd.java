package dev.monocred.bench;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** Any number of subscribers in one object: they share what they count, and cost the measurement nothing each. */
final class Crowd implements CoreSubscriber<Object> {

    private final CountDownLatch waiting;
    private final AtomicInteger errors = new AtomicInteger();
    private final Set<String> messages = ConcurrentHashMap.newKeySet();

    Crowd(int size) {
        waiting = new CountDownLatch(size);
    }

    /** Waits until all have their answer. */
    void await() throws InterruptedException {
        if (!waiting.await(120, TimeUnit.SECONDS)) {
            throw new IllegalStateException(waiting.getCount() + " subscribers still wait");
        }
    }

    /** How many have no answer yet. */
    int waiting() {
        return (int) waiting.getCount();
    }

    int errors() {
        messages.forEach(message -> System.out.println("NOTE " + message));
        return errors.get();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object token) {
        waiting.countDown();
    }

    @Override
    public void onError(Throwable error) {
        if (errors.incrementAndGet() <= 2) {
            messages.add(String.valueOf(error));
        }
        waiting.countDown();
    }

    @Override
    public void onComplete() {}

    /** Subscribes one of them. */
    void join(Call call) {
        call.getToken().subscribe(this);
    }
}
