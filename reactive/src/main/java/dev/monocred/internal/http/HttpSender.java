package dev.monocred.internal.http;

import dev.monocred.core.oauth.RawAnswer;
import reactor.core.publisher.Mono;

/** Sends one request, and emits one answer or fails with {@link HttpFailure}: {@link HttpExchange}, or a detour to it. */
@FunctionalInterface
public interface HttpSender {

    /**
     * Sends a request. Nothing happens before subscription; each subscription sends anew.
     *
     * @param call what to send
     * @return the answer with its whole body
     */
    Mono<RawAnswer> send(HttpCall call);
}
