package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.DeviceAuthorization;
import dev.monocred.core.oauth.Malformed;
import dev.monocred.core.oauth.OAuthParameters;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.http.Retries;
import dev.monocred.internal.http.RetryRule.Verdict;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Where a device gets a code for itself and one for the person. Codes that nobody uses do no harm, so the question is asked
 * again where an answer is lost. Cancelling ends the exchange.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.1">RFC 8628, section 3.1</a>
 */
public final class DeviceAuthorizationClient {

    private final Application application;
    private final Authorities authorities;
    private final HttpExchange http;
    private final Retries retries;
    private final ClientHeaders headers;
    private final TimeSource time;

    DeviceAuthorizationClient(Application application, Authorities authorities, HttpExchange http, Retries retries,
            ClientHeaders headers, TimeSource time) {
        this.application = application;
        this.authorities = authorities;
        this.http = http;
        this.retries = retries;
        this.headers = headers;
        this.time = time;
    }

    /**
     * Asks for codes. Nothing happens before subscription.
     *
     * @param request for which scopes and tenant
     * @return the codes, or {@link dev.monocred.core.ClientAuthenticationException}
     */
    public Mono<DeviceAuthorization> request(TokenRequestContext request) {
        return Mono.defer(() -> {
            String tenant = Objects.requireNonNullElse(request.tenantId(), application.tenant());
            return authorities.resolve(application.credential(), tenant)
                    .flatMap(authority -> ask(authority, tenant, request.scopes()));
        });
    }

    private Mono<DeviceAuthorization> ask(Authority authority, String tenant, List<String> scopes) {
        URI endpoint = authority.deviceCodeEndpoint(tenant);
        // Names whom an error is about; what it would send is not sent.
        TokenCall call = new TokenCall(application.credential(), tenant, application.clientId(), endpoint, true, Mono.empty());
        byte[] form = form(scopes).getBytes(UTF_8);
        return retries.run(Mono.defer(() -> attempt(endpoint, form)), DeviceAuthorizationClient::judge, true)
                .onErrorMap(HttpFailure.class, failure -> TokenErrors.failed(application.credential(), endpoint, failure))
                .flatMap(answer -> land(call, answer));
    }

    private Mono<TokenAnswer> attempt(URI endpoint, byte[] form) {
        Instant sentAt = Instant.ofEpochMilli(time.wallMillis());
        return http.send(HttpCall.post(endpoint, headers.post(), form)).map(raw -> DeviceAuthorization.parse(raw, sentAt));
    }

    /** Everything that the token shall be for: the question with the device's code has no scopes. */
    private String form(List<String> scopes) {
        String all = String.join(" ", Stream.concat(scopes.stream(), Stream.of("openid", "profile", "offline_access"))
                .distinct().toList());
        return OAuthParameters.CLIENT_ID + "=" + URLEncoder.encode(application.clientId(), UTF_8) + "&" + OAuthParameters.SCOPE
                + "=" + URLEncoder.encode(all, UTF_8);
    }

    private static Verdict judge(TokenAnswer answer) {
        if (answer instanceof Refused refused) {
            return refused.isTransient() ? Verdict.retry(refused.retryAfter()) : Verdict.FINAL;
        }
        return answer instanceof DeviceAuthorization ? Verdict.SUCCESS : Verdict.FINAL;
    }

    private static Mono<DeviceAuthorization> land(TokenCall call, TokenAnswer answer) {
        if (answer instanceof Refused refused) {
            return Mono.error(TokenErrors.refused(call, refused));
        }
        return answer instanceof Malformed malformed ? Mono.error(TokenErrors.malformed(call, malformed, "a device code"))
                : Mono.just((DeviceAuthorization) answer);
    }
}
