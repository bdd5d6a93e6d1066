package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** A source whose every subscription is recorded and held until the test answers it, unless a script answers. */
final class ScriptedSource implements TokenSource {

    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable Function<TokenRequestContext, @Nullable Mono<AccessToken>> script;

    /** From now on the script answers; nothing is recorded but the number of requests. */
    void answers(Function<TokenRequestContext, @Nullable Mono<AccessToken>> script) {
        this.script = script;
    }

    /** From now on answers are held again. */
    void holds() {
        script = null;
    }

    /** How many requests came, by whichever way they were answered. */
    int asked() {
        return asked.get();
    }

    /** The held requests in their order, answered ones included. */
    List<Call> calls() {
        return calls;
    }

    Call last() {
        return calls.get(calls.size() - 1);
    }

    @Override
    @SuppressWarnings("NullAway") // a script may break the contract on purpose
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        Function<TokenRequestContext, @Nullable Mono<AccessToken>> now = script;
        if (now != null) {
            asked.incrementAndGet();
            return now.apply(request);
        }
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super AccessToken> actual) {
                asked.incrementAndGet();
                Call call = new Call(request, actual);
                calls.add(call);
                actual.onSubscribe(call);
            }
        };
    }

    /** One subscription of a flight; it says whatever the test wants said, even when that is against the rules. */
    static final class Call implements Subscription {

        private final TokenRequestContext request;
        private final CoreSubscriber<? super AccessToken> flight;
        private volatile boolean cancelled;
        private volatile @Nullable Runnable onCancel;

        private Call(TokenRequestContext request, CoreSubscriber<? super AccessToken> flight) {
            this.request = request;
            this.flight = flight;
        }

        TokenRequestContext request() {
            return request;
        }

        Context context() {
            return flight.currentContext();
        }

        boolean isCancelled() {
            return cancelled;
        }

        void onCancel(Runnable action) {
            onCancel = action;
        }

        void answer(AccessToken token) {
            flight.onNext(token);
            flight.onComplete();
        }

        void emit(AccessToken token) {
            flight.onNext(token);
        }

        void complete() {
            flight.onComplete();
        }

        void fail(Throwable error) {
            flight.onError(error);
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            cancelled = true;
            Runnable action = onCancel;
            if (action != null) {
                action.run();
            }
        }
    }
}
