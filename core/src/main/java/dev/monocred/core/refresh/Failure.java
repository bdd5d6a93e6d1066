package dev.monocred.core.refresh;

import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a flight failed: immutable, shared by everybody who waited, and the mould of the exception that each of them gets. One
 * exception for all would collect what every subscriber's {@code block()} and checkpoints add to it (F-8).
 */
public final class Failure {

    private static final int TOO_MANY_REQUESTS = 429;

    private final RuntimeException origin;
    private final FailureKind kind;

    private Failure(RuntimeException origin, FailureKind kind) {
        this.origin = origin;
        this.kind = kind;
    }

    /**
     * Classifies what a token source threw.
     *
     * @param credential the simple name of the credential's class, for the sentence about an unexpected error
     * @param error what it threw
     * @return the failure; anything unexpected counts as transient and is wrapped
     */
    public static Failure of(String credential, Throwable error) {
        if (error instanceof ClientAuthenticationException known) {
            return new Failure(known, kindOf(known));
        }
        if (error instanceof IllegalArgumentException || error instanceof IllegalStateException) {
            return new Failure((RuntimeException) error, FailureKind.TERMINAL);
        }
        return new Failure(new ClientAuthenticationException(
                credential + " failed with an unexpected " + error.getClass().getName() + ". See the cause.", error,
                ClientAuthenticationException.Details.NONE.withTransient(true)), FailureKind.TRANSIENT);
    }

    private static FailureKind kindOf(ClientAuthenticationException error) {
        if (error instanceof CredentialUnavailableException) {
            return FailureKind.UNAVAILABLE;
        }
        EntraError entraError = error.entraError();
        if (error.retryAt() != null || (entraError != null && entraError.httpStatus() == TOO_MANY_REQUESTS)) {
            return FailureKind.THROTTLED;
        }
        return error.isTransient() ? FailureKind.TRANSIENT : FailureKind.TERMINAL;
    }

    /**
     * What this means for the next attempt.
     *
     * @return the kind
     */
    public FailureKind kind() {
        return kind;
    }

    /**
     * Before when the server wants no further request.
     *
     * @return the instant, or {@code null}
     */
    public @Nullable Instant retryAt() {
        return origin instanceof ClientAuthenticationException known ? known.retryAt() : null;
    }

    /**
     * Makes an exception for one subscriber who waited.
     *
     * @return a new exception of the same kind, with the same text, cause and details
     */
    public RuntimeException toException() {
        return copy(text(), details());
    }

    /**
     * Makes an exception for one subscriber who came while no attempt is made.
     *
     * @param retryAt before when no attempt is made
     * @return a new exception of the same kind that says so
     */
    public RuntimeException toException(Instant retryAt) {
        return copy(text() + " No new attempt is made before " + retryAt + ".", details().withRetryAt(retryAt));
    }

    private RuntimeException copy(String message, ClientAuthenticationException.Details details) {
        RuntimeException copy = ofSameKind(message, details);
        for (Throwable suppressed : origin.getSuppressed()) {
            if (!isTraceback(suppressed)) {
                copy.addSuppressed(suppressed);
            }
        }
        return copy;
    }

    /** Reactor writes on in a traceback wherever it finds one: shared, it would grow by the call sites of everybody. */
    private static boolean isTraceback(Throwable suppressed) {
        return suppressed.getClass().getName().startsWith("reactor.");
    }

    private RuntimeException ofSameKind(String message, ClientAuthenticationException.Details details) {
        Throwable cause = origin.getCause();
        if (origin instanceof AuthenticationRequiredException required && required.request() != null) {
            return new AuthenticationRequiredException(message, required.request(), cause, details);
        }
        if (origin instanceof CredentialUnavailableException) {
            return new CredentialUnavailableException(message, cause, details);
        }
        if (origin instanceof IllegalArgumentException) {
            return new IllegalArgumentException(message, cause);
        }
        if (origin instanceof IllegalStateException) {
            return new IllegalStateException(message, cause);
        }
        return new ClientAuthenticationException(message, cause, details);
    }

    private String text() {
        String message = origin.getMessage();
        return message == null ? origin.getClass().getName() : message;
    }

    private ClientAuthenticationException.Details details() {
        return origin instanceof ClientAuthenticationException known
                ? known.details() : ClientAuthenticationException.Details.NONE;
    }

    @Override
    public String toString() {
        return kind + ": " + text();
    }
}
