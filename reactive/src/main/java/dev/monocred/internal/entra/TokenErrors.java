package dev.monocred.internal.entra;

import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.EntraError;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Malformed;
import dev.monocred.core.oauth.Refused;
import dev.monocred.internal.http.HttpFailure;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The sentences people see when there is no token: whose credential, what came back, what to do, the correlation id last.
 * Never a secret. Programs use the exception's fields; these texts may change.
 */
public final class TokenErrors {

    private TokenErrors() {}

    /** The authority said no. */
    static ClientAuthenticationException refused(TokenCall call, Refused refused) {
        EntraError error = refused.error();
        String came = error.error() == null ? " answered with status " + error.httpStatus()
                : " refused the request with " + error.error();
        String what = (error.error() == null ? peer(call.endpoint()) : "Microsoft Entra") + came + codes(error) + description(error);
        return new ClientAuthenticationException(
                sentence(call.credential(), what, remedy(call, refused), error.correlationId()), null,
                Details.NONE.withEntraError(error).withTransient(refused.isTransient()));
    }

    /**
     * The authority said no before there was anything to redeem.
     *
     * @param application who asked
     * @param tenant in which tenant
     * @param endpoint where
     * @param refused what was said
     */
    public static ClientAuthenticationException refused(EntraTokenSource.Application application, String tenant, URI endpoint,
            Refused refused) {
        return refused(new TokenCall(application.credential(), tenant, application.clientId(), endpoint, false, Mono.empty()),
                refused);
    }

    /** The authority asks for a pause. */
    static ClientAuthenticationException throttled(TokenCall call, EntraError error, Instant until) {
        return new ClientAuthenticationException(
                sentence(call.credential(), "Microsoft Entra asked for a pause (status " + error.httpStatus() + ")" + codes(error)
                        + description(error), nothingBefore(until), error.correlationId()), null,
                Details.NONE.withEntraError(error).withTransient(true).withRetryAt(until));
    }

    /** It asked before, and the pause is not over. */
    static ClientAuthenticationException throttledBefore(TokenCall call, Instant until) {
        return new ClientAuthenticationException(
                sentence(call.credential(), "Microsoft Entra asked for a pause a short while ago, and nothing was sent",
                        nothingBefore(until), null), null,
                Details.NONE.withTransient(true).withRetryAt(until));
    }

    private static String nothingBefore(Instant until) {
        return "The next request goes out after " + until.truncatedTo(ChronoUnit.SECONDS) + "; ask for fewer tokens, and share"
                + " one credential in the application";
    }

    /** What came is no token. */
    static ClientAuthenticationException malformed(TokenCall call, Malformed malformed) {
        return malformed(call, malformed, "a token");
    }

    static ClientAuthenticationException malformed(TokenCall call, Malformed malformed, String wanted) {
        return new ClientAuthenticationException(
                sentence(call.credential(), "the answer of " + peer(call.endpoint()) + " (status " + malformed.status()
                        + ") is not " + wanted + ": " + malformed.reason(),
                        "Check that no proxy, sign-in page or other server answers in its place", null),
                HttpFailure.malformed(malformed.reason()), Details.NONE.withTransient(true));
    }

    /** Nothing came. */
    static ClientAuthenticationException failed(String credential, URI endpoint, HttpFailure failure) {
        return new ClientAuthenticationException(
                sentence(credential, "no token from " + peer(endpoint) + ": " + failure.clause(), failure.remedy(), null), failure,
                Details.NONE.withTransient(failure.isTransient()));
    }

    /**
     * The io pool and its queue are full.
     *
     * @param credential whose name stands first
     * @param what what was not done
     * @param rejected what the pool said
     */
    public static ClientAuthenticationException saturated(String credential, String what, Throwable rejected) {
        return new ClientAuthenticationException(sentence(credential, "the blocking scheduler is saturated, so " + what,
                "Check that no supplier blocks for long", null), rejected, Details.NONE.withTransient(true));
    }

    /**
     * A person has to act.
     *
     * @param credential whose name stands first
     * @param request what is asked for; the server's own claims are put in
     * @param refusal why the refresh token does not do, or {@code null} if there is none
     * @param remedy what to do, as a sentence without its full stop
     */
    public static AuthenticationRequiredException signInRequired(String credential, TokenRequestContext request,
            @Nullable ClientAuthenticationException refusal, String remedy) {
        EntraError error = refusal == null ? null : refusal.entraError();
        Details details = refusal == null ? Details.NONE : refusal.details();
        if (error == null) {
            return new AuthenticationRequiredException(sentence(credential,
                    "nobody has signed in for " + String.join(" ", request.scopes()), remedy, null), request, refusal, details);
        }
        return new AuthenticationRequiredException(
                sentence(credential, "Microsoft Entra does not go on without the person who signed in (" + error.error() + ")"
                        + codes(error) + description(error), remedy, error.correlationId()),
                error.claims() == null ? request : request.withClaims(error.claims()), null, details);
    }

    /**
     * What was tried, what came back, what to do.
     *
     * @param credential whose name stands first
     * @param what what came back
     * @param remedy what to do, as a sentence without its full stop
     * @param correlationId what to quote to support, or {@code null}
     */
    public static String sentence(String credential, String what, String remedy, @Nullable String correlationId) {
        return credential + ": " + what + ". " + remedy + "."
                + (correlationId == null ? "" : " Correlation id: " + correlationId + ".");
    }

    private static String peer(URI endpoint) {
        return endpoint.getPort() < 0 ? endpoint.getHost() : endpoint.getHost() + ":" + endpoint.getPort();
    }

    private static String codes(EntraError error) {
        return error.errorCodes().isEmpty() ? "" : " (AADSTS" + error.errorCodes().get(0) + ")";
    }

    /** Entra's own sentence, without the ids that it repeats. */
    private static String description(EntraError error) {
        String text = error.errorDescription();
        if (text == null) {
            return "";
        }
        String plain = text.replaceFirst("^AADSTS\\d+:\\s*", "").replaceFirst("(?s)\\s*Trace ID:.*$", "").strip();
        String bare = plain.replaceFirst("\\.+$", "");
        return bare.isEmpty() ? "" : ": " + bare;
    }

    private static String remedy(TokenCall call, Refused refused) {
        String byCode = refused.error().errorCodes().stream().findFirst().map(code -> byCode(call, code)).orElse(null);
        if (byCode != null) {
            return byCode;
        }
        return refused.isTransient() ? "It may pass by itself; try again later" : byError(call, refused.error());
    }

    /** A hint only: Entra's numbers may change, so nothing branches on them (entra.md 2.6). */
    private static @Nullable String byCode(TokenCall call, long code) {
        return switch ((int) code) {
            case 7000215 -> "Check the secret of application " + call.clientId()
                    + ": it must be the secret's value, not its id";
            case 7000222 -> "The secret of application " + call.clientId() + " has expired: create a new one and use that";
            case 700027 -> "Upload the certificate's public part to application " + call.clientId();
            case 700024, 700021 -> "Check the clock of this machine and who signs the assertion";
            case 70021, 700211, 700212, 700213 -> "Check issuer, subject and audience of the federated identity credential of"
                    + " application " + call.clientId();
            case 700016 -> "Check that application " + call.clientId() + " exists in tenant " + call.tenant()
                    + " and that the tenant is the right one";
            case 7000218 -> "Give the credential a secret, certificate or assertion, or allow public client flows in application "
                    + call.clientId();
            case 90002, 900023 -> "Check the tenant " + call.tenant() + " and the authority host: each cloud has its own tenants";
            case 50194 -> "Use the tenant of application " + call.clientId() + " instead of " + call.tenant();
            case 1002012, 70011, 28002 -> SCOPE;
            case 500011 -> "Check the scope, and that its resource has a service principal in tenant " + call.tenant();
            default -> null;
        };
    }

    private static final String SCOPE =
            "Check the scope: an application asks for one resource, as in https://vault.azure.net/.default";

    private static String byError(TokenCall call, EntraError error) {
        return switch (String.valueOf(error.error())) {
            case "invalid_client" -> "Check the secret, certificate or assertion of application " + call.clientId();
            case "unauthorized_client" -> "Check that application " + call.clientId() + " is registered in tenant " + call.tenant()
                    + " and may use this flow";
            case "invalid_scope", "invalid_resource" -> SCOPE;
            case "interaction_required", "consent_required", "login_required" ->
                    "A person has to sign in or to consent; pass on the claims of this error";
            case "access_denied" -> "The person cancelled or declined, or may not use application " + call.clientId()
                    + "; ask for the token again to try once more";
            case "null" -> "Check the authority host and the tenant " + call.tenant()
                    + ", and that no proxy answers in its place";
            default -> "Check application " + call.clientId() + " in tenant " + call.tenant();
        };
    }
}
