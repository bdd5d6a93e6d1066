package dev.monocred.examples.entraflows;

import dev.monocred.DeviceCodeCredential;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import reactor.core.publisher.Mono;

/** A person at a terminal, who signs in on another device; tokens for anything else then come without the person. */
final class DeviceCodeFlow implements Flow {

    private static final TokenRequestContext GRAPH = TokenRequestContext.of("https://graph.microsoft.com/.default");

    @Override
    public Mono<String> run(FakeEntra entra) {
        DeviceCodeCredential credential = DeviceCodeCredential.builder()
                .clientId(FakeEntra.CLIENT_ID) // leave it out for Microsoft's application for developers
                .promptCallback(code -> Mono.fromRunnable(() -> System.out.println("  " + code.message()))) // also the default
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();

        return Mono.usingWhen(Mono.just(credential), it -> it.authenticate(GRAPH)
                        .flatMap(record -> it.getToken("https://vault.azure.net/.default").map(token -> said(entra, record)
                                + "\na token for Key Vault that expires at " + token.expiresAt())), TokenCredential::close);
    }

    /** Keep the record: {@code authenticationRecord(AuthenticationRecord.deserialize(…))} names the account the next time. */
    private static String said(FakeEntra entra, AuthenticationRecord record) {
        return record.username() + " signed in; " + entra.devices().requests().size() + " code was shown\nkeep this: "
                + record.serialize();
    }
}
