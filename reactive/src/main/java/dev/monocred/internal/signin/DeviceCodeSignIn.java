package dev.monocred.internal.signin;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.EntraError;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.DeviceAuthorization;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.entra.DeviceAuthorizationClient;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.TokenErrors;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Shows a person a code, and asks the authority whether it has been entered: at once, and then as often as the authority
 * wants. Cancelling stops asking.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.3">RFC 8628, sections 3.3 to 3.5</a>
 */
public final class DeviceCodeSignIn implements SignIn {

    /** RFC 8628, section 3.5. */
    private static final Duration SLOWER = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Settings settings;
    private final DeviceAuthorizationClient codes;
    private final EntraTokenSource endpoint;

    /**
     * How a credential does it.
     *
     * @param credential whose name stands first in an error
     * @param prompt shows the code; may block
     * @param timeout how long to wait at most, or {@code null} for as long as the code is good
     * @param io where the prompt runs
     * @param time the wall clock
     * @param timer counts pauses and the timeout
     */
    public record Settings(String credential, Function<DeviceAuthorization, Mono<Void>> prompt, @Nullable Duration timeout,
            Supplier<Scheduler> io, TimeSource time, Scheduler timer) {}

    /**
     * Makes a sign-in; nothing is asked.
     *
     * @param settings how
     * @param codes where codes come from
     * @param endpoint exchanges a code
     */
    public DeviceCodeSignIn(Settings settings, DeviceAuthorizationClient codes, EntraTokenSource endpoint) {
        this.settings = settings;
        this.codes = codes;
        this.endpoint = endpoint;
    }

    @Override
    public Mono<TokenResponse> signIn(TokenRequestContext request, @Nullable ClientAuthenticationException refusal) {
        return codes.request(request).flatMap(code -> show(code).then(poll(request, code))
                .timeout(limit(code), Mono.error(() -> nobody(code)), settings.timer));
    }

    private Duration limit(DeviceAuthorization code) {
        Duration timeout = settings.timeout;
        return timeout == null || timeout.compareTo(code.lifetime()) > 0 ? code.lifetime() : timeout;
    }

    private Mono<Void> show(DeviceAuthorization code) {
        return Mono.defer(() -> settings.prompt.apply(code)).subscribeOn(settings.io.get())
                .onErrorMap(error -> new ClientAuthenticationException(TokenErrors.sentence(settings.credential,
                        "the application's prompt callback failed with " + error.getClass().getSimpleName(),
                        "Check that it returns a Mono that completes when the code is shown", null), error, Details.NONE));
    }

    private Mono<TokenResponse> poll(TokenRequestContext request, DeviceAuthorization code) {
        return Mono.defer(() -> {
            Pace pace = new Pace(code);
            return endpoint.redeem(request, new Grant.DeviceCode(code.deviceCode())).retryWhen(Retry.from(failures ->
                    failures.concatMap(failed -> pace.next(failed.failure()))));
        });
    }

    /** How long to wait before the next question. Used by one poll at a time. */
    private final class Pace {

        private final DeviceAuthorization code;
        private Duration interval;
        private int failures;

        Pace(DeviceAuthorization code) {
            this.code = code;
            this.interval = code.interval();
        }

        Mono<Long> next(Throwable failure) {
            if (!(failure instanceof ClientAuthenticationException refusal)) {
                return Mono.error(failure);
            }
            EntraError said = refusal.entraError();
            String error = said == null ? "" : String.valueOf(said.error());
            if (error.equals("authorization_pending") || error.equals("slow_down")) {
                failures = 0;
                interval = error.equals("slow_down") ? interval.plus(SLOWER) : interval;
                return Mono.delay(interval, settings.timer);
            }
            return refusal.isTransient() ? Mono.delay(afterFailure(refusal.retryAt()), settings.timer)
                    : Mono.error(said == null ? refusal : ended(code, error, refusal, said));
        }

        /** The person may still be typing: an outage of a minute need not cost the sign-in. */
        private Duration afterFailure(@Nullable Instant retryAt) {
            Duration doubled = interval.multipliedBy(1L << Math.min(++failures, 4));
            Duration pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
            Duration wish = retryAt == null ? pause
                    : Duration.between(Instant.ofEpochMilli(settings.time.wallMillis()), retryAt);
            return wish.compareTo(pause) > 0 ? wish : pause;
        }
    }

    private ClientAuthenticationException ended(DeviceAuthorization code, String error, ClientAuthenticationException refusal,
            EntraError said) {
        return switch (error) {
            case "authorization_declined", "access_denied" -> sentence("the person declined to sign in (" + error + ")",
                    "Ask for a token again to show another code", said);
            case "expired_token", "code_expired" -> sentence("the code expired before anybody signed in with it (" + error
                    + ")", "Ask for a token again and enter the new code within " + minutes(code), said);
            case "bad_verification_code" -> sentence("Microsoft Entra does not know the code that it gave (" + error + ")",
                    "Ask for a token again; if it happens again, check the tenant and the authority host", said);
            default -> refusal;
        };
    }

    private static String minutes(DeviceAuthorization code) {
        return Math.max(1, code.lifetime().toMinutes()) + " min";
    }

    private ClientAuthenticationException sentence(String came, String remedy, EntraError said) {
        return new ClientAuthenticationException(
                TokenErrors.sentence(settings.credential, came, remedy, said.correlationId()), null,
                Details.NONE.withEntraError(said));
    }

    private ClientAuthenticationException nobody(DeviceAuthorization code) {
        return new ClientAuthenticationException(TokenErrors.sentence(settings.credential,
                "nobody signed in with the code within " + limit(code).toSeconds() + " s",
                "Ask for a token again, open " + code.verificationUri() + " and enter the new code", null), null, Details.NONE);
    }
}
