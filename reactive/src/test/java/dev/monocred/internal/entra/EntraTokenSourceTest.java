package dev.monocred.internal.entra;

import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static dev.monocred.testing.FakeAnswer.refuses;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.RecordedTokenRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class EntraTokenSourceTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final TokenRequestContext REQUEST = TokenRequestContext.of(SCOPE);
    private static final Application APPLICATION =
            new Application("ClientSecretCredential", FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID);

    private final FakeEntra entra = FakeEntra.start();
    private final EngineFixture fixture = new EngineFixture(entra.httpClient());

    @AfterEach
    void close() {
        fixture.close();
        entra.close();
    }

    private EntraTokenSource source(AuthenticationProvider authentication) {
        return fixture.engine().source(APPLICATION, authorities(true), authentication, EntraTokenSource::clientCredentials);
    }

    private Authorities authorities(boolean isDiscoveryDisabled) {
        return fixture.engine().applicationAuthorities(Authority.parse(entra.authorityHost()), isDiscoveryDisabled);
    }

    private EntraTokenSource source() {
        return source(SecretAuthentication.of(FakeEntra.CLIENT_SECRET));
    }

    private static AccessToken acquire(EntraTokenSource source) {
        return wait(source.acquire(REQUEST));
    }

    private static AccessToken wait(Mono<AccessToken> token) {
        return requireNonNull(token.block(Duration.ofSeconds(20)));
    }

    private static ClientAuthenticationException failure(EntraTokenSource source) {
        return Failures.of(source.acquire(REQUEST));
    }

    @Test
    void asksAnewOnEachSubscriptionAndNotBefore() {
        Mono<AccessToken> token = source().acquire(REQUEST);
        assertThat(entra.tokenRequests()).as("before subscription").isZero();

        AccessToken first = wait(token);
        AccessToken second = wait(token);

        assertThat(first.token()).isNotEqualTo(second.token());
        assertThat(entra.tokenRequests()).isEqualTo(2);
    }

    @Test
    void sendsTheHeadersOfEntraAndTheLengthOfTheForm() {
        acquire(source());

        RecordedTokenRequest request = entra.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.header("content-type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(request.header("content-length")).isNotNull();
        assertThat(request.header("transfer-encoding")).as("never in chunks").isNull();
        assertThat(request.header("accept-encoding")).as("no compression asked for").isNull();
        assertThat(request.header("accept")).isEqualTo("application/json");
        assertThat(request.header("client-request-id")).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(request.header("return-client-request-id")).isEqualTo("true");
        assertThat(request.header("x-client-SKU")).isEqualTo("Monocred");
        assertThat(request.header("x-client-Ver")).isEqualTo(ClientHeaders.VERSION);
        assertThat(request.header("x-client-OS")).isNotBlank();
        assertThat(request.header("x-ms-lib-capability")).isEqualTo("retry-after, h429");
        assertThat(request.header("user-agent")).startsWith("quick-app monocred/");
        assertThat(request.header("x-client-current-telemetry")).as("no telemetry").isNull();
        assertThat(request.scopes()).containsExactly(SCOPE);
    }

    @Test
    void eachAttemptHasAnIdOfItsOwn() {
        entra.next(isDown(503), isDown(503));

        acquire(source());

        assertThat(entra.requests()).extracting(request -> request.header("client-request-id")).doesNotHaveDuplicates().hasSize(3);
    }

    @Test
    void aRequestForAnotherTenantGoesThere() {
        String other = "99999999-9999-9999-9999-999999999999";
        entra.registers(other, FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);

        source().acquire(REQUEST.withTenantId(other)).block(Duration.ofSeconds(20));

        assertThat(entra.requests().get(0).tenant()).isEqualTo(other);
    }

    @Test
    void claimsAndCaeTravel() {
        source().acquire(REQUEST.withClaims("{\"id_token\":{}}").withCaeEnabled(true)).block(Duration.ofSeconds(20));

        assertThat(entra.requests().get(0).field("claims")).contains("id_token").contains("CP1");
    }

    @Test
    void claimsThatAreNoObjectAreRefusedBeforeAnythingIsSent() {
        ClientAuthenticationException refused = Failures.of(source().acquire(REQUEST.withClaims("[1]")));

        assertThat(refused).hasMessageContaining("claims").hasMessageContaining("JSON object");
        assertThat(entra.tokenRequests()).isZero();
    }

    @Test
    void aWrongSecretIsOneRequestAndOneSentence() {
        ClientAuthenticationException refused = failure(source(SecretAuthentication.of("not-the-secret-7")));

        assertThat(refused.getMessage())
                .startsWith("ClientSecretCredential: Microsoft Entra refused the request with invalid_client (AADSTS7000215): ")
                .contains("Check the secret of application " + FakeEntra.CLIENT_ID)
                .containsPattern("Correlation id: [0-9a-f-]{36}\\.$")
                .doesNotContain("not-the-secret-7").doesNotContain("Trace ID");
        assertThat(refused.isTransient()).isFalse();
        assertThat(refused.entraError()).isNotNull().returns(401, error -> error.httpStatus());
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void aServerThatQuotesTheSecretIsNotQuoted() {
        entra.next(refuses("invalid_client", 7000215, "The secret not-the-secret-7 is wrong."));

        ClientAuthenticationException refused = failure(source(SecretAuthentication.of("not-the-secret-7")));

        assertThat(refused.getMessage()).contains("The secret *** is wrong").doesNotContain("not-the-secret-7");
        assertThat(requireNonNull(refused.entraError()).errorDescription()).doesNotContain("not-the-secret-7");
    }

    @Test
    void aSuppliedSecretIsAskedForOnceForEachAcquisitionHoweverManyAttemptsItTakes() {
        entra.next(isDown(503), isDown(500));
        AtomicInteger asked = new AtomicInteger();
        EntraTokenSource source = supplied(() -> Mono.fromSupplier(() -> {
            asked.incrementAndGet();
            return FakeEntra.CLIENT_SECRET;
        }));

        acquire(source);
        assertThat(asked).hasValue(1);
        assertThat(entra.tokenRequests()).isEqualTo(3);

        acquire(source);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aChangedSecretIsTriedOnceAtOnce() {
        EntraTokenSource source = supplied(secrets("the-old-secret", FakeEntra.CLIENT_SECRET));

        assertThat(acquire(source).token()).isNotBlank();
        assertThat(entra.tokenRequests()).isEqualTo(2);
    }

    @Test
    void anUnchangedSecretIsNotTriedAgain() {
        EntraTokenSource source = supplied(secrets("the-old-secret", "the-old-secret"));

        assertThat(failure(source)).hasMessageContaining("invalid_client");
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void aSecondChangedSecretThatIsWrongTooEndsIt() {
        EntraTokenSource source = supplied(secrets("the-old-secret", "the-middle-secret", FakeEntra.CLIENT_SECRET));

        assertThat(failure(source)).hasMessageContaining("invalid_client");
        assertThat(entra.tokenRequests()).isEqualTo(2);
    }

    private static Supplier<Mono<String>> secrets(String... secrets) {
        Queue<String> queue = new ArrayDeque<>(List.of(secrets));
        return () -> Mono.fromSupplier(queue::remove);
    }

    private EntraTokenSource supplied(Supplier<Mono<String>> supplier) {
        return source(SecretAuthentication.of(
                fixture.engine().callback("ClientSecretCredential", "client secret", supplier)));
    }

    @Test
    void theSupplierIsCalledWhereItMayBlock() {
        StringBuilder thread = new StringBuilder();
        acquire(supplied(() -> {
            thread.append(Thread.currentThread().getName());
            return Mono.just(FakeEntra.CLIENT_SECRET);
        }));

        assertThat(thread).startsWith("monocred-io");
    }

    @Test
    void whateverASupplierDoesWrongIsOneSentenceAndTheNextCallAsksAgain() {
        assertSupplierFailure("failed with IllegalStateException", () -> {
            throw new IllegalStateException("vault says: my-hidden-secret");
        });
        assertSupplierFailure("failed with IllegalStateException", () -> Mono.error(new IllegalStateException("my-hidden-secret")));
        assertSupplierFailure("failed with NullPointerException", () -> null);
        assertSupplierFailure("gave no client secret", Mono::empty);
        assertSupplierFailure("gave no client secret", () -> Mono.just(" "));
        assertSupplierFailure("gave no client secret within", Mono::never);
    }

    // A null Mono breaks the supplier's contract: that is the case.
    @SuppressWarnings("NullAway")
    private void assertSupplierFailure(String what, Supplier<Mono<String>> bad) {
        AtomicInteger calls = new AtomicInteger();
        EntraTokenSource source = supplied(() -> calls.getAndIncrement() == 0 ? bad.get() : Mono.just(FakeEntra.CLIENT_SECRET));
        int before = entra.tokenRequests();

        ClientAuthenticationException failure = failure(source);

        assertThat(failure.getMessage()).startsWith("ClientSecretCredential: the application's supplier of the client secret " + what)
                .doesNotContain("my-hidden-secret");
        assertThat(failure.isTransient()).isTrue();
        assertThat(entra.tokenRequests()).as("nothing sent").isEqualTo(before);
        assertThat(acquire(source).token()).as("the next call").isNotBlank();
    }

    @Test
    void suppliersThatTakeAllThreadsAreNamedAsTheCause() {
        CountDownLatch end = new CountDownLatch(1);
        EntraTokenSource stuck = supplied(() -> {
            awaitStubbornly(end);
            return Mono.empty();
        });
        List<ClientAuthenticationException> failures = Flux.range(0, 5)
                .flatMap(i -> stuck.acquire(REQUEST).then(Mono.<ClientAuthenticationException>empty())
                        .onErrorResume(ClientAuthenticationException.class, Mono::just), 5)
                .collectList().block(Duration.ofSeconds(20));
        end.countDown();

        assertThat(failures).hasSize(5)
                .anySatisfy(failure -> assertThat(failure).hasMessageContaining("the blocking scheduler is saturated"));
        assertThat(failures).allMatch(ClientAuthenticationException::isTransient);
    }

    /** As code does that swallows interrupts: its thread is gone until it ends. */
    private static void awaitStubbornly(CountDownLatch end) {
        while (end.getCount() > 0) {
            try {
                end.await();
            } catch (InterruptedException swallowed) {
                // On with it.
            }
        }
    }

    @Test
    void theServersHintIsHandedOn() {
        entra.next(issues(Duration.ofMinutes(30), Duration.ofMinutes(10)));

        AccessToken token = acquire(source());

        assertThat(Duration.between(token.refreshAt(), token.expiresAt())).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void atMostFourRequestsOfAnApplicationInATenantAreUnderWay() {
        entra.holds();
        EntraTokenSource source = source();
        Mono<List<AccessToken>> tokens = Flux.range(0, 12)
                .flatMap(i -> source.acquire(REQUEST), 12).collectList().cache();
        tokens.subscribe();
        entra.awaitTokenRequests(OAuthTokenClient.AT_A_TIME);
        entra.releases();

        assertThat(tokens.block(Duration.ofSeconds(20))).hasSize(12);
        assertThat(entra.maxConcurrentTokenRequests()).isEqualTo(4);
    }
}
