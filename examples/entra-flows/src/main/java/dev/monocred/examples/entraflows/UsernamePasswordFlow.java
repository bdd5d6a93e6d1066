package dev.monocred.examples.entraflows;

import dev.monocred.UsernamePasswordCredential;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import reactor.core.publisher.Mono;

/** A name and a password, for old tests only. */
@SuppressWarnings("deprecation") // so that nobody who still has one needs to look it up
final class UsernamePasswordFlow implements Flow {

    @Override
    public Mono<String> run(FakeEntra entra) {
        UsernamePasswordCredential credential = UsernamePasswordCredential.builder()
                .clientId(FakeEntra.CLIENT_ID).username(FakeEntra.USERNAME).password(FakeEntra.PASSWORD)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();

        return Mono.usingWhen(Mono.just(credential), it -> Mono.zip(it.getToken("https://graph.microsoft.com/.default"),
                        it.getToken("https://vault.azure.net/.default")), TokenCredential::close)
                .map(two -> "a token that expires at " + two.getT1().expiresAt() + "\ngrants that were sent: "
                        + entra.requests().stream().map(each -> each.field("grant_type")).toList());
    }
}
