package dev.monocred.internal.refresh;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.refresh.Failure;
import dev.monocred.spi.TokenEventListener;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.util.context.Context;

/** Tells the listener, if there is one; what it throws reaches nobody who asked for a token. */
final class Events {

    private final @Nullable TokenEventListener listener;

    Events(@Nullable TokenEventListener listener) {
        this.listener = listener;
    }

    void hit(TokenRequestContext key) {
        if (listener != null) {
            tell(to -> to.hit(key));
        }
    }

    void joined(TokenRequestContext key) {
        if (listener != null) {
            tell(to -> to.joined(key));
        }
    }

    void started(TokenRequestContext key, boolean background) {
        if (listener != null) {
            tell(to -> to.started(key, background));
        }
    }

    void refreshed(TokenRequestContext key, Duration took, int waiters, Instant expiresAt) {
        if (listener != null) {
            tell(to -> to.refreshed(key, took, waiters, expiresAt));
        }
    }

    void failed(TokenRequestContext key, Duration took, int waiters, Failure failure) {
        if (listener != null) {
            tell(to -> to.failed(key, took, waiters, failure.toException()));
        }
    }

    void gated(TokenRequestContext key, Instant retryAt) {
        if (listener != null) {
            tell(to -> to.gated(key, retryAt));
        }
    }

    void evicted(TokenRequestContext key) {
        if (listener != null) {
            tell(to -> to.evicted(key));
        }
    }

    void clockAdjusted(Duration by) {
        if (listener != null) {
            tell(to -> to.clockAdjusted(by));
        }
    }

    private void tell(Consumer<TokenEventListener> event) {
        try {
            if (listener != null) {
                event.accept(listener);
            }
        } catch (Throwable thrown) {
            Exceptions.throwIfJvmFatal(thrown);
            Drops.error(thrown, Context.empty());
        }
    }
}
