package dev.monocred.house.offenders;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import reactor.core.publisher.Mono;

/** A credential without a builder; the method of that name is not one. */
public final class BuiltNowhere implements TokenCredential {

    BuiltNowhere() {}

    public String builder() {
        return "an instance method";
    }

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return Mono.empty();
    }
}
