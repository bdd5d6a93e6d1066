package dev.monocred.examples.quickstart;

import static dev.monocred.testing.FakeAnswer.issues;

import dev.monocred.ClientSecretCredential;
import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a credential promises, one after the other, against a fake. */
final class Demonstration {

    private static final int HERD = 10_000;
    private static final int CALLERS = 100;
    private static final int OK = 200;

    private final Report report;
    private final FakeEntra entra;
    private final String scope;

    Demonstration(Report report, FakeEntra entra, String scope) {
        this.report = report;
        this.entra = entra;
        this.scope = scope;
    }

    void run() {
        entra.always(issues(Duration.ofHours(1), Duration.ofMinutes(40)).after(Duration.ofMillis(200)));
        Mono.usingWhen(Mono.fromSupplier(() -> credential(FakeEntra.CLIENT_SECRET)), credential -> Mono.fromRunnable(() -> {
            AccessToken token = oneToken(credential);
            herd(credential);
            revocation(credential, token);
        }), TokenCredential::close).block();
        wrongSecret();
    }

    private ClientSecretCredential credential(String secret) {
        return ClientSecretCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(secret)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();
    }

    private AccessToken oneToken(TokenCredential credential) {
        report.title("1. A token for " + scope);
        AccessToken token = credential.getToken(scope).blockOptional().orElseThrow();
        report.token(token);
        return token;
    }

    private void herd(TokenCredential credential) {
        report.title("2. 10,000 subscribers at once, no token yet, a server that takes 200 ms");
        int before = entra.tokenRequests();
        Mono<AccessToken> token = credential.getToken("https://storage.azure.com/.default");
        LongSummaryStatistics waited = Flux.range(0, HERD)
                .flatMap(i -> token.elapsed().map(pair -> pair.getT1()), HERD)
                .collect(LongSummaryStatistics::new, LongSummaryStatistics::accept)
                .blockOptional().orElseThrow();
        report.line("served", waited.getCount() + " subscribers");
        report.line("requests sent", entra.tokenRequests() - before);
        report.line("they waited", waited.getMin() + " to " + waited.getMax() + " ms");
    }

    private void revocation(TokenCredential credential, AccessToken token) {
        report.title("3. A token is revoked while 100 callers use it");
        int before = entra.tokenRequests();
        AtomicInteger refused = new AtomicInteger();
        entra.revokes(token.token());
        TokenRequestContext request = TokenRequestContext.of(scope);
        List<Integer> statuses = Flux.range(0, CALLERS)
                .flatMap(i -> call(token).flatMap(status -> {
                    if (status == OK) {
                        return Mono.just(status);
                    }
                    refused.incrementAndGet();
                    return credential.getToken(request.withRejectedToken(token)).flatMap(this::call);
                }), CALLERS)
                .collectList().blockOptional().orElseThrow();
        report.line("refused by the API", refused.get() + " calls");
        report.line("token requests sent", entra.tokenRequests() - before);
        report.line("then accepted", statuses.stream().filter(status -> status == OK).count() + " calls");
    }

    private Mono<Integer> call(AccessToken token) {
        return entra.httpClient().headers(headers -> headers.set("Authorization", "Bearer " + token.token()))
                .get().uri(entra.protectedUrl()).response().map(response -> response.status().code());
    }

    private void wrongSecret() {
        report.title("4. A wrong secret");
        int before = entra.tokenRequests();
        Mono.usingWhen(Mono.fromSupplier(() -> credential("not-the-secret")), credential -> credential.getToken(scope)
                        .doOnError(ClientAuthenticationException.class, error -> report.line("the error", error.getMessage()))
                        .onErrorResume(ClientAuthenticationException.class, error -> Mono.empty()), TokenCredential::close)
                .block();
        report.line("requests sent", entra.tokenRequests() - before);
    }
}
