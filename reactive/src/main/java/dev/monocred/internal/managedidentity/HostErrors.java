package dev.monocred.internal.managedidentity;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import dev.monocred.core.oauth.Malformed;
import dev.monocred.core.oauth.Refused;
import dev.monocred.internal.http.HttpFailure;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The sentences people see when a host gives no token: what came back, what to do, the correlation id last. */
final class HostErrors {

    /** Whose name stands first. */
    static final String CREDENTIAL = "ManagedIdentityCredential";

    private HostErrors() {}

    static ClientAuthenticationException refused(ManagedIdentitySource host, Refused refused, Instant now) {
        EntraError error = refused.error();
        boolean mayPass = host.rule().isRetryable(error.httpStatus());
        Details details = Details.NONE.withEntraError(error).withTransient(mayPass)
                .withRetryAt(refused.retryAfter() == null ? null : now.plus(refused.retryAfter()));
        return of(host.isAbsence(refused), host.host() + " answered with status " + error.httpStatus() + said(error),
                (mayPass ? "Try again later; if it lasts: " : "") + host.remedy(), error.correlationId(), null, details);
    }

    static ClientAuthenticationException malformed(ManagedIdentitySource host, Malformed malformed) {
        return of(host.isAbsence(malformed), "the answer of " + host.host() + " (status " + malformed.status()
                + ") is not a token: " + malformed.reason(), "Check that nothing else answers in its place", null, null,
                Details.NONE.withTransient(true));
    }

    static ClientAuthenticationException failed(ManagedIdentitySource host, HttpFailure failure) {
        boolean isAbsence = host.isAbsence(failure);
        return of(isAbsence, "no answer from " + host.host() + ": " + failure.clause(),
                isAbsence ? host.remedy() : remedy(failure), null, failure, Details.NONE.withTransient(failure.isTransient()));
    }

    /** No proxy leads to a host. */
    private static String remedy(HttpFailure failure) {
        return failure.kind() == HttpFailure.Kind.CONNECT_TIMEOUT ? "Check the firewall of this machine" : failure.remedy();
    }

    static ClientAuthenticationException late(ManagedIdentitySource host) {
        return failed(host.host() + " gave no token within " + host.rule().deadline().toSeconds() + " s",
                "Check that it runs", Details.NONE.withTransient(true));
    }

    /** The host cannot do what is asked of it. */
    static CredentialUnavailableException unavailable(String came, String remedy) {
        return new CredentialUnavailableException(CREDENTIAL + " is unavailable: " + came + ". " + remedy + ".", null,
                Details.NONE);
    }

    static ClientAuthenticationException failed(String came, String remedy, Details details) {
        return of(false, came, remedy, null, null, details);
    }

    private static ClientAuthenticationException of(boolean isAbsence, String came, String remedy,
            @Nullable String correlationId, @Nullable Throwable cause, Details details) {
        String message = CREDENTIAL + (isAbsence ? " is unavailable: " : ": ") + came + ". " + remedy + "."
                + (correlationId == null ? "" : " Correlation id: " + correlationId + ".");
        return isAbsence ? new CredentialUnavailableException(message, cause, details)
                : new ClientAuthenticationException(message, cause, details);
    }

    private static String said(EntraError error) {
        String text = error.errorDescription() == null ? "" : error.errorDescription().replaceFirst("[.\\s]+$", "");
        return (error.error() == null ? "" : " " + error.error()) + (text.isEmpty() ? "" : ": " + text);
    }

    /** Whether a host's words have another word in them, in any case. */
    static boolean says(EntraError error, String word) {
        return String.valueOf(error.errorDescription()).toLowerCase(Locale.ROOT).contains(word);
    }
}
