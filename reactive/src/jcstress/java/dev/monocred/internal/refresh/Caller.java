package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A subscriber that can say in one word what happened to it. */
final class Caller implements CoreSubscriber<AccessToken> {

    static final String NOTHING = "nothing";
    static final String CLOSED = "closed";

    private final long demand;
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicInteger completions = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile Subscription subscription;
    private volatile String text;

    Caller() {
        this(Long.MAX_VALUE);
    }

    Caller(long demand) {
        this.demand = demand;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        if (demand > 0) {
            given.request(demand);
        }
    }

    @Override
    public void onNext(AccessToken token) {
        text = token.token();
        values.incrementAndGet();
    }

    @Override
    public void onError(Throwable error) {
        text = error.getMessage().endsWith("is closed") ? CLOSED : "error";
        errors.incrementAndGet();
    }

    @Override
    public void onComplete() {
        completions.incrementAndGet();
    }

    void request(long n) {
        subscription.request(n);
    }

    void cancel() {
        subscription.cancel();
    }

    /** The token's text, "closed", "error", "nothing"; a token may lack its completion; the rest is against the protocol. */
    String outcome() {
        String signals = values + "-" + completions + "-" + errors;
        return switch (signals) {
            case "0-0-0" -> NOTHING;
            case "1-1-0", "0-0-1" -> text;
            case "1-0-0" -> text + " uncompleted";
            default -> "signals " + signals;
        };
    }
}
