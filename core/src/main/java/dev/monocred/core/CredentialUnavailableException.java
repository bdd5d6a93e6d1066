package dev.monocred.core;

import org.jspecify.annotations.Nullable;

/** A credential could not even be tried: not configured, its host absent, its tool missing. A chain goes on to the next. */
public class CredentialUnavailableException extends ClientAuthenticationException {

    private static final long serialVersionUID = 1L;

    /**
     * Fails with a sentence alone.
     *
     * @param message what was missing and how to get it
     */
    public CredentialUnavailableException(String message) {
        super(message);
    }

    /**
     * Fails with a sentence and what lies behind it.
     *
     * @param message what was missing and how to get it
     * @param cause what lies behind it, or {@code null}
     */
    public CredentialUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Fails with everything that is known, without a stack trace.
     *
     * @param message what was missing and how to get it
     * @param cause what lies behind it, or {@code null}
     * @param details the typed part
     */
    public CredentialUnavailableException(String message, @Nullable Throwable cause, Details details) {
        super(message, cause, details);
    }
}
