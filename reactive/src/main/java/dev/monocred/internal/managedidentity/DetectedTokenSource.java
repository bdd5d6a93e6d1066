package dev.monocred.internal.managedidentity;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The source of whatever host this is. It is found at the first use, once, and where files may be looked at; a failed
 * detection is not kept.
 */
final class DetectedTokenSource implements TokenSource {

    private final Callable<TokenSource> detection;
    private final Supplier<Scheduler> io;
    private final AtomicReference<@Nullable TokenSource> found = new AtomicReference<>();

    DetectedTokenSource(Callable<TokenSource> detection, Supplier<Scheduler> io) {
        this.detection = detection;
        this.io = io;
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return Mono.defer(() -> {
            TokenSource present = found.get();
            return (present != null ? Mono.just(present) : Mono.fromCallable(detection).map(this::keep).subscribeOn(io.get()))
                    .flatMap(source -> source.acquire(request));
        });
    }

    /** Of several that were found at the same time, one serves. */
    private TokenSource keep(TokenSource detected) {
        TokenSource witness = found.compareAndExchange(null, detected);
        return witness == null ? detected : witness;
    }
}
