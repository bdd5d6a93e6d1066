package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.EntraError;
import dev.monocred.core.TimeSource;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Malformed;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.core.oauth.TokenRequest;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.core.oauth.TokenResponseParser;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.http.HttpSender;
import dev.monocred.internal.http.Retries;
import dev.monocred.internal.http.RetryRule.Verdict;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.runtime.Turnstiles;
import java.net.URI;
import java.time.Instant;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Mono;

/**
 * The token endpoint: form in, token or one sentence out. Keeps to four requests at a time for an application in a tenant,
 * retries what may be retried, and sends nothing to who asked to be left alone. One client serves one credential; nothing
 * about a request stays in it (M-6). Cancelling ends the exchange under way.
 */
public final class OAuthTokenClient {

    /** One tenant that hangs takes so many connections, not all (section 11). */
    static final int AT_A_TIME = 4;

    private static final int THROTTLED = 429;
    private static final int UNAVAILABLE = 503;

    private final SharedRuntime.Lease runtime;
    private final HttpSender http;
    private final Retries retries;
    private final ThrottleGates gates;
    private final TimeSource time;
    private final ClientHeaders headers;

    /**
     * Makes a client; nothing is opened.
     *
     * @param runtime whose turnstiles are shared by all credentials of the process
     * @param http sends
     * @param retries sends again
     * @param time dates tokens and gates
     * @param random spreads the end of gates; used by several threads
     * @param headers of each request
     */
    public OAuthTokenClient(SharedRuntime.Lease runtime, HttpSender http, Retries retries, TimeSource time,
            RandomGenerator random, ClientHeaders headers) {
        this.runtime = runtime;
        this.http = http;
        this.retries = retries;
        this.gates = new ThrottleGates(time, random);
        this.time = time;
        this.headers = headers;
    }

    /**
     * Asks for a token.
     *
     * @param call what to ask
     * @return the token, or a {@link dev.monocred.core.ClientAuthenticationException}: transient for what may pass, with an
     *     instant if the server asked for a pause
     */
    public Mono<TokenResponse> request(TokenCall call) {
        return Mono.defer(() -> runtime.shared(Turnstiles.class, () -> new Turnstiles(AT_A_TIME))
                .pass(call.key(), Mono.defer(() -> unlessThrottled(call))));
    }

    private Mono<TokenResponse> unlessThrottled(TokenCall call) {
        Instant until = gates.closedUntil(call.key());
        return until != null ? Mono.error(TokenErrors.throttledBefore(call, until))
                : retries.run(attempt(call), OAuthTokenClient::judge, call.isRepeatable())
                        .onErrorMap(HttpFailure.class, failure -> TokenErrors.failed(call.credential(), call.endpoint(), failure))
                        .flatMap(answer -> land(call, answer));
    }

    private Mono<TokenAnswer> attempt(TokenCall call) {
        return call.request().flatMap(request -> {
            Instant sentAt = Instant.ofEpochMilli(time.wallMillis());
            return http.send(post(call.endpoint(), request))
                    .map(raw -> TokenResponseParser.parse(raw, sentAt, isLocal(call.endpoint())))
                    .map(answer -> Redaction.of(request).apply(answer));
        });
    }

    private HttpCall post(URI endpoint, TokenRequest request) {
        return HttpCall.post(endpoint, headers.post(), request.form().getBytes(UTF_8));
    }

    private static boolean isLocal(URI endpoint) {
        return Authority.parse(endpoint.getHost()).isLoopback();
    }

    private static Verdict judge(TokenAnswer answer) {
        if (answer instanceof Refused refused) {
            return refused.isTransient() ? Verdict.retry(refused.retryAfter()) : Verdict.FINAL;
        }
        return answer instanceof TokenResponse ? Verdict.SUCCESS : Verdict.FINAL;
    }

    private Mono<TokenResponse> land(TokenCall call, TokenAnswer answer) {
        if (answer instanceof Refused refused && isThrottling(refused)) {
            Instant until = gates.close(call.key(), refused.retryAfter());
            return Mono.error(TokenErrors.throttled(call, refused.error(), until));
        }
        gates.open(call.key());
        if (answer instanceof Refused refused) {
            return Mono.error(TokenErrors.refused(call, refused));
        }
        return answer instanceof Malformed malformed ? Mono.error(TokenErrors.malformed(call, malformed))
                : Mono.just((TokenResponse) answer);
    }

    private static boolean isThrottling(Refused refused) {
        EntraError error = refused.error();
        return error.httpStatus() == THROTTLED || (error.httpStatus() == UNAVAILABLE && refused.retryAfter() != null);
    }
}
