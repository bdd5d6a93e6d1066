package dev.monocred.internal.managedidentity;

import dev.monocred.core.oauth.RawAnswer;
import reactor.core.publisher.Mono;

/**
 * A host that is recognised, so that no other is asked in its place, and not asked itself yet.
 *
 * @param host how people call it
 */
record UnsupportedSource(String host) implements ManagedIdentitySource {

    @Override
    public Mono<RawAnswer> attempt(ResourceRequest request) {
        return Mono.error(() -> HostErrors.unavailable("this version does not know " + host, "Use a newer version"));
    }
}
