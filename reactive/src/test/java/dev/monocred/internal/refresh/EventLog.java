package dev.monocred.internal.refresh;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenEventListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a refresher tells its listener, and may do something more when told. */
final class EventLog implements TokenEventListener {

    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable Runnable onJoined;
    private volatile @Nullable Runnable onAny;

    List<String> lines() {
        return lines;
    }

    long count(String start) {
        return List.copyOf(lines).stream().filter(line -> line.startsWith(start)).count();
    }

    /** Does something between a subscriber's finding a flight and its joining it. */
    void onJoined(@Nullable Runnable action) {
        onJoined = action;
    }

    void onAny(Runnable action) {
        onAny = action;
    }

    @Override
    public void hit(TokenRequestContext request) {
        note("hit");
    }

    @Override
    public void joined(TokenRequestContext request) {
        note("joined");
        Runnable action = onJoined;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void started(TokenRequestContext request, boolean background) {
        note("started " + (background ? "in the background" : "for waiters"));
    }

    @Override
    public void refreshed(TokenRequestContext request, Duration took, int waiters, Instant expiresAt) {
        note("refreshed after " + took + " for " + waiters + " until " + expiresAt);
    }

    @Override
    public void failed(TokenRequestContext request, Duration took, int waiters, Throwable failure) {
        note("failed after " + took + " for " + waiters + ": " + failure.getMessage());
    }

    @Override
    public void gated(TokenRequestContext request, @Nullable Instant retryAt) {
        note("gated until " + retryAt);
    }

    @Override
    public void evicted(TokenRequestContext request) {
        note("evicted " + request.scopes());
    }

    @Override
    public void clockAdjusted(Duration by) {
        note("adjusted by " + by);
    }

    private void note(String line) {
        lines.add(line);
        Runnable action = onAny;
        if (action != null) {
            action.run();
        }
    }
}
