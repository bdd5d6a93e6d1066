package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;

/**
 * What {@code getToken} returns: a question that is asked anew at each subscription.
 *
 * <p>It is neither {@code Callable} nor {@code Fuseable.ScalarCallable} on purpose: operators read those while a pipeline is
 * assembled, and a pipeline assembled once would reuse an old token for ever (P-2, P-3).
 */
final class TokenMono extends Mono<AccessToken> implements Scannable {

    private final TokenRefresher refresher;
    private final @Nullable TokenOwner owner;
    private final TokenRequestContext request;

    private TokenMono(TokenRefresher refresher, @Nullable TokenOwner owner, TokenRequestContext request) {
        this.refresher = refresher;
        this.owner = owner;
        this.request = request;
    }

    static Mono<AccessToken> of(TokenRefresher refresher, @Nullable TokenOwner owner, TokenRequestContext request) {
        return onAssembly(new TokenMono(refresher, owner, request));
    }

    @Override
    public void subscribe(CoreSubscriber<? super AccessToken> actual) {
        AccessToken held = refresher.hit(owner, request);
        if (held != null) {
            actual.onSubscribe(Operators.scalarSubscription(actual, held));
        } else {
            refresher.miss(owner, request, actual);
        }
    }

    @Override
    public @Nullable AccessToken block() {
        refuseNonBlockingThread();
        AccessToken held = refresher.hit(owner, request);
        return held != null ? held : super.block();
    }

    @Override
    public @Nullable AccessToken block(Duration timeout) {
        refuseNonBlockingThread();
        AccessToken held = refresher.hit(owner, request);
        return held != null ? held : super.block(timeout);
    }

    @Override
    public Optional<AccessToken> blockOptional() {
        return Optional.ofNullable(block());
    }

    @Override
    public Optional<AccessToken> blockOptional(Duration timeout) {
        return Optional.ofNullable(block(timeout));
    }

    /** Also when the token is held: otherwise code passes every test and fails at the first expiry. */
    private static void refuseNonBlockingThread() {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException("block() is not allowed on thread " + Thread.currentThread().getName()
                    + ", which must never block. Subscribe to the Mono instead, or call from "
                    + "Schedulers.boundedElastic() with subscribeOn.");
        }
    }

    @Override
    public @Nullable Object scanUnsafe(@SuppressWarnings("rawtypes") Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }

    @Override
    public String toString() {
        return "TokenMono[" + (owner == null ? "" : owner + ", ") + request + "]";
    }
}
