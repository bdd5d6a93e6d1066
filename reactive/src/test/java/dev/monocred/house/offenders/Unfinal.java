package dev.monocred.house.offenders;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import reactor.core.publisher.Mono;

/** A credential that somebody could extend. */
public class Unfinal implements TokenCredential {

    private Unfinal() {}

    public static Runnable builder() {
        return Unfinal::new;
    }

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return Mono.empty();
    }
}
