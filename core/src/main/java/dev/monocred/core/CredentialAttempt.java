package dev.monocred.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** One credential's turn in a chain that gave no token. Immutable. */
public final class CredentialAttempt {

    private final String credential;
    private final ClientAuthenticationException failure;

    private CredentialAttempt(String credential, ClientAuthenticationException failure) {
        this.credential = requireNonNull(credential, "credential");
        this.failure = requireNonNull(failure, "failure");
    }

    /**
     * Records a turn.
     *
     * @param credential the simple name of the credential's class
     * @param failure what it answered
     * @return the attempt
     */
    public static CredentialAttempt of(String credential, ClientAuthenticationException failure) {
        return new CredentialAttempt(credential, failure);
    }

    /**
     * Who was asked.
     *
     * @return the simple name of the credential's class
     */
    public String credential() {
        return credential;
    }

    /**
     * What it answered.
     *
     * @return the failure; its type tells "could not try" from "tried and was refused"
     */
    public ClientAuthenticationException failure() {
        return failure;
    }

    /**
     * What the authority said.
     *
     * @return the parsed answer, or {@code null} if there was none
     */
    public @Nullable EntraError entraError() {
        return failure.entraError();
    }

    @Override
    public String toString() {
        return credential + ": " + failure.getMessage();
    }
}
