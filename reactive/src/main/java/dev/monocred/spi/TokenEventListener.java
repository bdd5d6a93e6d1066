package dev.monocred.spi;

import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a credential does, for metrics. Every method does nothing by default, is called on the thread where the
 * event happens and must return at once; what it throws is dropped. Without a listener nothing is called and nothing is
 * allocated. A request given here is the refresher's own key: it never carries claims or a rejected token.
 */
public interface TokenEventListener {

    /**
     * A held token was emitted.
     *
     * @param request what was asked for
     */
    default void hit(TokenRequestContext request) {}

    /**
     * A subscriber joined a flight that was already under way.
     *
     * @param request what was asked for
     */
    default void joined(TokenRequestContext request) {}

    /**
     * A flight started.
     *
     * @param request what was asked for
     * @param background whether everybody is served the held token meanwhile
     */
    default void started(TokenRequestContext request, boolean background) {}

    /**
     * A flight brought a token.
     *
     * @param request what was asked for
     * @param took how long the flight took
     * @param waiters how many subscribers waited for it
     * @param expiresAt when the token ends
     */
    default void refreshed(TokenRequestContext request, Duration took, int waiters, Instant expiresAt) {}

    /**
     * A flight failed.
     *
     * @param request what was asked for
     * @param took how long the flight took
     * @param waiters how many subscribers waited for it
     * @param failure why; its own type, never wrapped
     */
    default void failed(TokenRequestContext request, Duration took, int waiters, Throwable failure) {}

    /**
     * A request was refused at once because an earlier attempt failed a short while ago.
     *
     * @param request what was asked for
     * @param retryAt before when no attempt is made
     */
    default void gated(TokenRequestContext request, @Nullable Instant retryAt) {}

    /**
     * A held entry was dropped to stay within the bound.
     *
     * @param request what had been asked for
     */
    default void evicted(TokenRequestContext request) {}

    /**
     * The machine slept or its clock was set forward; held tokens grew older by as much.
     *
     * @param by how much
     */
    default void clockAdjusted(Duration by) {}
}
