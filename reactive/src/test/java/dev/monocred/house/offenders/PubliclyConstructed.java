package dev.monocred.house.offenders;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import reactor.core.publisher.Mono;

/** A credential that everybody can construct. */
public final class PubliclyConstructed implements TokenCredential {

    public PubliclyConstructed() {}

    public static Runnable builder() {
        return PubliclyConstructed::new;
    }

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return Mono.empty();
    }
}
