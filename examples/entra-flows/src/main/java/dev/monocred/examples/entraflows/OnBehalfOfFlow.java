package dev.monocred.examples.entraflows;

import dev.monocred.OnBehalfOfCredential;
import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A web API that calls another one for whoever called it: one credential, and a sibling of it for each incoming call. */
final class OnBehalfOfFlow implements Flow {

    @Override
    public Mono<String> run(FakeEntra entra) {
        OnBehalfOfCredential application = OnBehalfOfCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();

        List<String> users = List.of(entra.userAssertion(), entra.userAssertion());
        return Mono.usingWhen(Mono.just(application), it -> Flux.range(0, 1000)
                        .flatMap(n -> incomingCall(it, users.get(n % users.size())), 1000).last(), TokenCredential::close)
                .map(token -> "a token that expires at " + token.expiresAt() + "\n1000 calls of " + users.size() + " users, "
                        + entra.tokenRequests() + " requests");
    }

    /** What a handler does with the bearer token of its request. */
    private static Mono<AccessToken> incomingCall(OnBehalfOfCredential application, String bearer) {
        return application.withUserAssertion(bearer).getToken("https://graph.microsoft.com/.default");
    }
}
