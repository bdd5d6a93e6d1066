package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.TimeSource;
import dev.monocred.internal.refresh.RefresherOptions;
import dev.monocred.internal.runtime.SystemTime;
import dev.monocred.spi.TokenEventListener;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The settings of every credential. Setters are not final: a final one gets no public bridge from this package-private class,
 * and reflection would fail on it.
 */
abstract class CredentialBuilder<B extends CredentialBuilder<B>> {

    private Function<String, @Nullable String> environment = System::getenv;
    private TimeSource timeSource = SystemTime.INSTANCE;
    private Scheduler scheduler = Schedulers.parallel();
    private int maxCachedTokens = RefresherOptions.DEFAULT_MAX_ENTRIES;
    private @Nullable TokenEventListener listener;

    CredentialBuilder() {}

    abstract B self();

    /**
     * Sets how environment variables are looked up; by default as {@link System#getenv(String)} does.
     *
     * @param environment gives a variable's value, or {@code null} if it is not set
     * @return this builder
     */
    public B environment(Function<String, @Nullable String> environment) {
        this.environment = requireNonNull(environment, "environment");
        return self();
    }

    /**
     * Sets the clocks; by default this machine's. Tests set manual time here.
     *
     * @param timeSource both clocks
     * @return this builder
     */
    public B timeSource(TimeSource timeSource) {
        this.timeSource = requireNonNull(timeSource, "timeSource");
        return self();
    }

    /**
     * Sets the scheduler for delays and timeouts; by default {@code Schedulers.parallel()}. It is not disposed. Tests set
     * manual time's here.
     *
     * @param scheduler runs short tasks that never block
     * @return this builder
     */
    public B scheduler(Scheduler scheduler) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        return self();
    }

    /**
     * Sets how many different requests (scopes, tenant, CAE) are remembered; 10,000 by default, about 28 MB of tokens. Beyond
     * it those go that nobody used for longest.
     *
     * @param maxCachedTokens at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public B maxCachedTokens(int maxCachedTokens) {
        if (maxCachedTokens < 1) {
            throw new IllegalArgumentException("maxCachedTokens must be at least 1 but is " + maxCachedTokens);
        }
        this.maxCachedTokens = maxCachedTokens;
        return self();
    }

    /**
     * Sets who is told what the credential does; nobody by default.
     *
     * @param listener for metrics
     * @return this builder
     */
    public B listener(TokenEventListener listener) {
        this.listener = requireNonNull(listener, "listener");
        return self();
    }

    /** What a variable says; blank says nothing. */
    @Nullable String variable(String name) {
        String value = environment.apply(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    CredentialOptions options() {
        return new CredentialOptions(environment, timeSource, scheduler, maxCachedTokens, listener);
    }
}
