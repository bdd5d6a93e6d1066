package dev.monocred;

import dev.monocred.core.TimeSource;
import dev.monocred.spi.TokenEventListener;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What every credential may be told, frozen by {@code build()}. It is unpacked in {@link CredentialEngine}; nothing below
 * sees it.
 *
 * @param environment looks up variables
 * @param timeSource both clocks
 * @param scheduler for delays and timeouts
 * @param maxCachedTokens how many requests are remembered
 * @param listener who is told what happens, or {@code null}
 */
record CredentialOptions(Function<String, @Nullable String> environment, TimeSource timeSource,
        Scheduler scheduler, int maxCachedTokens, @Nullable TokenEventListener listener) {}
