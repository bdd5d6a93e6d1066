package dev.monocred.internal.source;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Writes one line for each acquisition, at one place: below the refresher, so that neither a hit nor a waiter costs a line. A
 * failure is a warning, but at most once a minute for the same request; the rest is debug output. Scopes appear as a hash.
 */
public final class LoggingSource implements TokenSource {

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");
    private static final long QUIET = Duration.ofMinutes(1).toNanos();
    private static final int MAX_REMEMBERED = 1_000;

    private final String credential;
    private final TokenSource source;
    private final TimeSource time;
    private final ConcurrentHashMap<String, Long> warnedAt = new ConcurrentHashMap<>(1);

    /**
     * Wraps a source.
     *
     * @param credential the simple name of the credential's class
     * @param source what is logged
     * @param time for "once a minute"
     */
    public LoggingSource(String credential, TokenSource source, TimeSource time) {
        this.credential = credential;
        this.source = source;
        this.time = time;
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return logged(request, source);
    }

    /** Logs another source too, as one and the same credential. */
    public TokenSource around(TokenSource other) {
        return request -> logged(request, other);
    }

    private Mono<AccessToken> logged(TokenRequestContext request, TokenSource from) {
        return from.acquire(request).doOnSuccess(token -> succeeded(request, token))
                .doOnError(error -> failed(request, error));
    }

    private void succeeded(TokenRequestContext request, AccessToken token) {
        if (LOG.isDebugEnabled() && token != null) {
            LOG.debug("{} got a token for {}, which expires at {}", credential, name(request), token.expiresAt());
        }
    }

    private void failed(TokenRequestContext request, Throwable error) {
        String name = name(request);
        // That a person has to sign in is no failure where the person is asked, and elsewhere is said to the caller.
        if (!(error instanceof AuthenticationRequiredException) && mayWarn(name)) {
            // The sentence begins with the credential's name.
            LOG.warn("No token for {}. {}", name, error.getMessage());
        }
        LOG.debug("{} got no token for {}", credential, name, error);
    }

    private boolean mayWarn(String name) {
        if (warnedAt.size() >= MAX_REMEMBERED) {
            warnedAt.clear();
        }
        long now = time.nanos();
        // Counts as warned unless this call finds no earlier warning or an old one.
        boolean[] warn = new boolean[1];
        warnedAt.compute(name, (key, last) -> {
            warn[0] = last == null || now - last >= QUIET;
            return warn[0] ? Long.valueOf(now) : last;
        });
        return warn[0];
    }

    private static String name(TokenRequestContext request) {
        return "scopes #" + Integer.toHexString(request.scopes().hashCode())
                + (request.tenantId() == null ? "" : " in tenant " + request.tenantId());
    }
}
