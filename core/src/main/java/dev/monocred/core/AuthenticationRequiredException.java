package dev.monocred.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A person must act: sign in again, consent, or prove more. Carries what to ask for when they do. */
public final class AuthenticationRequiredException extends CredentialUnavailableException {

    private static final long serialVersionUID = 1L;

    // Not serialized: see ClientAuthenticationException.
    private final transient @Nullable TokenRequestContext request;

    /**
     * Fails with everything that is known, without a stack trace.
     *
     * @param message what was tried, what came back, what to do
     * @param request what was asked for: its scopes and claims are what a person must sign in for
     * @param cause what lies behind it, or {@code null}
     * @param details the typed part
     */
    public AuthenticationRequiredException(String message, TokenRequestContext request, @Nullable Throwable cause,
            Details details) {
        super(message, cause, details);
        this.request = request;
    }

    /**
     * What to sign in for.
     *
     * @return the scopes; unmodifiable
     */
    public List<String> scopes() {
        return request == null ? List.of() : request.scopes();
    }

    /**
     * What the sign-in must satisfy besides.
     *
     * @return a JSON object as text, or {@code null}
     */
    public @Nullable String claims() {
        return request == null ? null : request.claims();
    }

    /**
     * The request that failed.
     *
     * @return the request, or {@code null} in an instance that went through Java serialization
     */
    public @Nullable TokenRequestContext request() {
        return request;
    }
}
