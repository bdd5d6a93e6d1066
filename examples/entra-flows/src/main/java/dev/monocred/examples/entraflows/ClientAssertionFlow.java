package dev.monocred.examples.entraflows;

import dev.monocred.ClientAssertionCredential;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A service that an identity provider vouches for which Entra trusts: another cloud, a pipeline, a cluster. */
final class ClientAssertionFlow implements Flow {

    @Override
    public Mono<String> run(FakeEntra entra) {
        AtomicInteger asked = new AtomicInteger();

        ClientAssertionCredential credential = ClientAssertionCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .clientAssertion(() -> Mono.fromSupplier(() -> {
                    asked.incrementAndGet();
                    return entra.federatedAssertion(); // in life: ask the identity provider, without blocking
                }))
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();

        return Mono.usingWhen(Mono.just(credential), it -> Flux.range(0, 1000)
                        .flatMap(n -> it.getToken("https://vault.azure.net/.default"), 1000).last(), TokenCredential::close)
                .map(token -> "a token that expires at " + token.expiresAt() + "\n1000 callers, " + asked + " assertion");
    }
}
