package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.scheduler.Schedulers;

/**
 * A credential for code that blocks: the calling thread waits for the token. Threads share requests as subscribers do. A
 * thread that must not block (an event loop, {@code Schedulers.parallel()}) is refused at once, even if the token is held.
 *
 * <p>Event loops that Reactor does not know look like any other thread: make them known with
 * {@link Schedulers#registerNonBlockingThreadPredicate(java.util.function.Predicate)}. On virtual threads waiting costs no
 * platform thread.
 */
public final class BlockingTokenCredential implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final TokenCredential credential;

    private BlockingTokenCredential(TokenCredential credential) {
        this.credential = credential;
    }

    /**
     * Adapts a credential.
     *
     * @param credential where the tokens come from
     * @return the adapter
     */
    public static BlockingTokenCredential of(TokenCredential credential) {
        return new BlockingTokenCredential(requireNonNull(credential, "credential"));
    }

    /**
     * Waits for a token as long as the credential needs: every request ends by its own deadline.
     *
     * @param request what the token is for
     * @return the token
     * @throws ClientAuthenticationException as {@link TokenCredential#getToken(TokenRequestContext)} fails; also if the
     *     thread is interrupted while it waits: its flag is set again, and the request goes on for others
     * @throws IllegalArgumentException if the request is malformed
     * @throws IllegalStateException if this thread must not block, or the credential is closed
     */
    public AccessToken getToken(TokenRequestContext request) {
        return await(request, null);
    }

    /**
     * Waits for a token, but no longer than the given time.
     *
     * @param request what the token is for
     * @param timeout how long to wait at most
     * @return the token
     * @throws ClientAuthenticationException as {@link #getToken(TokenRequestContext)} does; also if the time is up: the
     *     request goes on, and a later call finds its result
     * @throws IllegalArgumentException if the request is malformed
     * @throws IllegalStateException if this thread must not block, or the credential is closed
     */
    public AccessToken getToken(TokenRequestContext request, Duration timeout) {
        return await(request, requireNonNull(timeout, "timeout"));
    }

    /**
     * Makes a provider of bare token strings, without {@code Bearer } before them.
     *
     * @param scopes what the tokens are for
     * @return waits for a token at each call, as {@link #getToken(TokenRequestContext)} does
     */
    public Supplier<String> getBearerTokenProvider(String... scopes) {
        TokenRequestContext request = TokenRequestContext.of(scopes);
        return () -> getToken(request).token();
    }

    /** Closes the credential, and waits for at most five seconds until its requests have ended. Idempotent. */
    @Override
    public void close() {
        refuseNonBlockingThread();
        credential.close().block(CLOSING);
    }

    private AccessToken await(TokenRequestContext request, @Nullable Duration timeout) {
        refuseNonBlockingThread();
        Answer answer = new Answer();
        credential.getToken(request).subscribe(answer);
        return answer.await(timeout);
    }

    private static void refuseNonBlockingThread() {
        if (Schedulers.isInNonBlockingThread()) {
            throw new IllegalStateException("Thread " + Thread.currentThread().getName()
                    + " must never block, so it cannot wait for a token. Use TokenCredential.getToken there, or move the "
                    + "blocking call to Schedulers.boundedElastic() with subscribeOn.");
        }
    }

    /** Where one thread waits. */
    private static final class Answer extends CountDownLatch implements CoreSubscriber<AccessToken> {

        private volatile @Nullable Subscription subscription;
        private @Nullable AccessToken token;
        private @Nullable Throwable error;

        Answer() {
            super(1);
        }

        @Override
        public void onSubscribe(Subscription s) {
            subscription = s;
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(AccessToken value) {
            token = value;
        }

        @Override
        public void onError(Throwable thrown) {
            error = thrown;
            countDown();
        }

        @Override
        public void onComplete() {
            countDown();
        }

        AccessToken await(@Nullable Duration timeout) {
            if (getCount() != 0) {
                park(timeout);
            }
            AccessToken result = token;
            if (result != null) {
                return result;
            }
            throw error == null ? new ClientAuthenticationException("The credential gave neither a token nor an error")
                    : traced(error);
        }

        private void park(@Nullable Duration timeout) {
            try {
                if (timeout == null) {
                    await();
                } else if (!await(saturatedNanos(timeout), TimeUnit.NANOSECONDS)) {
                    leave();
                    throw new ClientAuthenticationException("No token came within " + timeout
                            + ". The request goes on, and a later call may find its token.", null,
                            ClientAuthenticationException.Details.NONE.withTransient(true));
                }
            } catch (InterruptedException interrupted) {
                leave();
                Thread.currentThread().interrupt();
                throw new ClientAuthenticationException("The thread was interrupted while it waited for a token",
                        interrupted);
            }
        }

        private void leave() {
            Subscription held = subscription;
            if (held != null) {
                held.cancel();
            }
        }

        private static long saturatedNanos(Duration timeout) {
            return timeout.toSeconds() >= Long.MAX_VALUE / 1_000_000_000 ? Long.MAX_VALUE : timeout.toNanos();
        }

        /** Errors of the library have no stack trace of their own: show where this thread waited, as Reactor's block() does. */
        private static RuntimeException traced(Throwable error) {
            RuntimeException thrown = error instanceof RuntimeException known ? known
                    : new ClientAuthenticationException("The credential failed unexpectedly", error);
            thrown.addSuppressed(new Exception("getToken was called here"));
            return thrown;
        }
    }
}
