package dev.monocred.internal.entra;

import dev.monocred.core.oauth.TokenRequest;
import java.net.URI;
import reactor.core.publisher.Mono;

/**
 * One acquisition at a token endpoint.
 *
 * @param credential whose name stands first in an error
 * @param tenant to name in an error
 * @param clientId the application, to name in an error and to count by
 * @param endpoint where to ask
 * @param isRepeatable whether the request may be sent again after the server may have seen it (N-9)
 * @param request subscribed once for each attempt: what is signed is signed anew
 */
public record TokenCall(String credential, String tenant, String clientId, URI endpoint, boolean isRepeatable,
        Mono<TokenRequest> request) {

    /** What throttling and the turnstile count by: the endpoint has the tenant in it. */
    String key() {
        return endpoint + " " + clientId;
    }
}
