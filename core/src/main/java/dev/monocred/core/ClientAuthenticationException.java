package dev.monocred.core;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A credential was tried and was refused, or could not reach who decides. A chain stops here. The message is one sentence:
 * what was tried, what came back, what to do; it never contains a secret.
 *
 * <p>{@link CredentialUnavailableException} is the case that a chain goes past.
 */
public class ClientAuthenticationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    // Not serialized: Java serialization of errors is not part of the contract, the message is.
    private final transient Details details;

    /**
     * Fails with a sentence alone.
     *
     * @param message what was tried, what came back, what to do
     */
    public ClientAuthenticationException(String message) {
        this(message, null);
    }

    /**
     * Fails with a sentence and what lies behind it.
     *
     * @param message what was tried, what came back, what to do
     * @param cause what lies behind it, or {@code null}
     */
    public ClientAuthenticationException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.details = Details.NONE;
    }

    /**
     * Fails with everything that is known, without a stack trace: ten thousand subscribers may get one instance each, and
     * where an asynchronous failure was assembled tells nobody anything.
     *
     * @param message what was tried, what came back, what to do
     * @param cause what lies behind it, or {@code null}
     * @param details the typed part
     */
    public ClientAuthenticationException(String message, @Nullable Throwable cause, Details details) {
        super(message, cause, true, false);
        this.details = details;
    }

    /**
     * What the authority said.
     *
     * @return the parsed answer, or {@code null} if there was none
     */
    public @Nullable EntraError entraError() {
        return details().entraError();
    }

    /**
     * Whether the same request may succeed later without anybody changing anything.
     *
     * @return {@code true} for network failures, timeouts, throttling and outages
     */
    public boolean isTransient() {
        return details().isTransient();
    }

    /**
     * Before when the next request is not sent: requests made earlier fail at once.
     *
     * @return the instant, or {@code null} if there is no such limit
     */
    public @Nullable Instant retryAt() {
        return details().retryAt();
    }

    /**
     * What each credential of a chain answered.
     *
     * @return the attempts in order; empty outside chains; unmodifiable
     */
    public List<CredentialAttempt> attempts() {
        return details().attempts();
    }

    /**
     * The typed part as one value, to build another exception from.
     *
     * @return the details
     */
    public Details details() {
        // Null only in an instance that went through Java serialization.
        Details present = details;
        return present == null ? Details.NONE : present;
    }

    /**
     * The typed part of a failure: immutable, and shared by the exceptions of everybody who waited for it.
     *
     * @see #details()
     */
    public static final class Details {

        /** Nothing but the sentence is known; not transient. */
        public static final Details NONE = new Details(null, false, null, List.of());

        private final @Nullable EntraError entraError;
        private final boolean isTransient;
        private final @Nullable Instant retryAt;
        private final List<CredentialAttempt> attempts;

        private Details(@Nullable EntraError entraError, boolean isTransient, @Nullable Instant retryAt,
                List<CredentialAttempt> attempts) {
            this.entraError = entraError;
            this.isTransient = isTransient;
            this.retryAt = retryAt;
            this.attempts = attempts;
        }

        /**
         * Copies these details with another answer.
         *
         * @param entraError what the authority said, or {@code null}
         * @return the copy
         */
        public Details withEntraError(@Nullable EntraError entraError) {
            return new Details(entraError, isTransient, retryAt, attempts);
        }

        /**
         * Copies these details with another verdict.
         *
         * @param isTransient whether the same request may succeed later
         * @return the copy
         */
        public Details withTransient(boolean isTransient) {
            return new Details(entraError, isTransient, retryAt, attempts);
        }

        /**
         * Copies these details with another limit.
         *
         * @param retryAt before when the next request is not sent, or {@code null}
         * @return the copy
         */
        public Details withRetryAt(@Nullable Instant retryAt) {
            return new Details(entraError, isTransient, retryAt, attempts);
        }

        /**
         * Copies these details with other attempts.
         *
         * @param attempts what each credential of a chain answered
         * @return the copy
         */
        public Details withAttempts(List<CredentialAttempt> attempts) {
            return new Details(entraError, isTransient, retryAt, List.copyOf(attempts));
        }

        /**
         * What the authority said.
         *
         * @return the parsed answer, or {@code null}
         */
        public @Nullable EntraError entraError() {
            return entraError;
        }

        /**
         * Whether the same request may succeed later.
         *
         * @return the verdict
         */
        public boolean isTransient() {
            return isTransient;
        }

        /**
         * Before when the next request is not sent.
         *
         * @return the instant, or {@code null}
         */
        public @Nullable Instant retryAt() {
            return retryAt;
        }

        /**
         * What each credential of a chain answered.
         *
         * @return the attempts in order; unmodifiable
         */
        public List<CredentialAttempt> attempts() {
            return attempts;
        }

        @Override
        public String toString() {
            return "Details[entraError=" + entraError + ", isTransient=" + isTransient + ", retryAt=" + retryAt
                    + ", attempts=" + attempts.size() + "]";
        }
    }
}
