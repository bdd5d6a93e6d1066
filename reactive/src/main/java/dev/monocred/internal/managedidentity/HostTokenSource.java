package dev.monocred.internal.managedidentity;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Malformed;
import dev.monocred.core.oauth.ManagedIdentityResponse;
import dev.monocred.core.oauth.Refused;
import dev.monocred.core.oauth.TokenAnswer;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.http.HttpFailure;
import dev.monocred.internal.source.TokenSource;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * Tokens from one host: attempts until one is final, then the token or the sentence. Holds nothing about a request;
 * cancelling ends whatever is under way. Emits on an event loop or on the scheduler for delays.
 *
 * @param host how it is asked
 * @param retries tries again
 */
record HostTokenSource(ManagedIdentitySource host, HostRetries retries) implements TokenSource {

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return Mono.defer(() -> {
            ResourceRequest asked = ResourceRequest.of(request);
            return host.prepare().then(retries.run(host, attempt(asked)))
                    .map(this::token)
                    .onErrorMap(HttpFailure.class, failure -> HostErrors.failed(host, failure))
                    .timeout(host.rule().deadline(), Mono.error(() -> HostErrors.late(host)), retries.timer());
        });
    }

    private Mono<TokenAnswer> attempt(ResourceRequest request) {
        return Mono.defer(() -> {
            Instant sentAt = now();
            return host.attempt(request).map(raw -> ManagedIdentityResponse.parse(raw, sentAt));
        });
    }

    private AccessToken token(TokenAnswer answer) {
        if (answer instanceof Refused refused) {
            throw HostErrors.refused(host, refused, now());
        }
        if (answer instanceof Malformed malformed) {
            throw HostErrors.malformed(host, malformed);
        }
        return ((TokenResponse) answer).accessToken();
    }

    private Instant now() {
        TimeSource time = retries.time();
        return Instant.ofEpochMilli(time.wallMillis());
    }
}
