package dev.monocred;

import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

class ClientAssertionCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_SCOPE = "https://storage.azure.com/.default";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<TokenCredential> built = new ArrayList<>();
    private final List<String> given = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        built.forEach(each -> each.close().block());
        entra.close();
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private ClientAssertionCredential.Builder builder() {
        return ClientAssertionCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientAssertion(this::assertion)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(time.scheduler());
    }

    private Mono<String> assertion() {
        String made = entra.federatedAssertion();
        given.add(made);
        return Mono.just(made);
    }

    private ClientAssertionCredential supplied(Supplier<Mono<String>> supplier) {
        return built(builder().clientAssertion(supplier));
    }

    private ClientAssertionCredential built(ClientAssertionCredential.Builder builder) {
        ClientAssertionCredential credential = builder.build();
        built.add(credential);
        return credential;
    }

    private static String get(ClientAssertionCredential credential, String scope) {
        return credential.getToken(scope).blockOptional().orElseThrow().token();
    }

    private static ClientAuthenticationException failure(ClientAssertionCredential credential) {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class,
                () -> credential.getToken(SCOPE).block()), "it did not fail");
    }

    @Test
    void namesEverythingThatIsMissingAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> ClientAssertionCredential.builder().build())
                .withMessageContainingAll("ClientAssertionCredential", "tenantId", "clientId", "clientAssertion");
    }

    @Test
    void sendsWhatTheApplicationGivesInTheFormOfAnAssertion() {
        get(built(builder()), SCOPE);
        assertThat(entra.requests().get(0).form()).containsExactlyInAnyOrderEntriesOf(Map.of(
                "grant_type", "client_credentials", "client_id", FakeEntra.CLIENT_ID, "scope", SCOPE,
                "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion", given.get(0)));
    }

    @Test
    void asksOnceForEachAcquisitionAndNeverOnAHit() {
        ClientAssertionCredential credential = built(builder());
        get(credential, SCOPE);
        get(credential, SCOPE);
        assertThat(given).hasSize(1);
        get(credential, OTHER_SCOPE);
        assertThat(given).hasSize(2);
        assertThat(entra.requests()).extracting(request -> request.field("client_assertion")).containsExactlyElementsOf(given);
    }

    @Test
    void asksOnceForAThousandThatWaitTogether() {
        ClientAssertionCredential credential = built(builder());
        entra.holds();
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            waiting.add(credential.getToken(SCOPE).toFuture());
        }
        entra.awaitTokenRequests(1).releases();
        waiting.forEach(CompletableFuture::join);
        assertThat(given).hasSize(1);
    }

    @Test
    void asksNothingBeforeSubscription() {
        Mono<?> never = built(builder()).getToken(SCOPE);
        assertThat(never).isNotNull();
        assertThat(given).isEmpty();
    }

    /** N-9: an HTTP retry belongs to the same acquisition. */
    @Test
    void asksOnceHoweverOftenTheRequestIsRepeated() {
        ClientAssertionCredential credential = built(builder().timeSource(ManualTime.startingAt(time.now()))
                .scheduler(Schedulers.parallel()));
        entra.next(isDown(503));
        get(credential, SCOPE);
        assertThat(entra.tokenRequests()).isEqualTo(2);
        assertThat(given).hasSize(1);
    }

    @Test
    void claimsCaeAndTenantTravelAsWithASecret() {
        String tenant = "44444444-4444-4444-4444-444444444444";
        entra.registers(tenant, FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);
        ClientAssertionCredential credential = built(builder().additionallyAllowedTenants(tenant));
        credential.getToken(TokenRequestContext.of(SCOPE).withTenantId(tenant).withCaeEnabled(true)
                .withClaims("{\"access_token\":{\"nbf\":{\"essential\":true}}}")).block();
        RecordedTokenRequest request = entra.requests().get(0);
        assertThat(request.tenant()).isEqualTo(tenant);
        assertThat(request.field("claims"))
                .isEqualTo("{\"access_token\":{\"nbf\":{\"essential\":true},\"xms_cc\":{\"values\":[\"CP1\"]}}}");
    }

    @Test
    void anAssertionThatEntraDoesNotTrustIsNamedAndNotQuoted() {
        ClientAssertionCredential credential = supplied(() -> Mono.just("invented.untrusted.assertion"));
        assertThat(failure(credential)).hasMessageStartingWith("ClientAssertionCredential")
                .hasMessageContaining("invalid_client").hasMessageNotContaining("invented.untrusted.assertion");
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void aRefusedAssertionIsNotAskedForAgainWithinTheAcquisition() {
        entra.next(refuses("invalid_client", 700211, "No matching federated identity record found."));
        assertThat(failure(built(builder())))
                .hasMessageContaining("issuer, subject and audience of the federated identity credential");
        assertThat(given).hasSize(1);
    }

    /** platform.md 16: it may have come out of a cache. */
    @Test
    void anAssertionThatIsOutOfDateForEntraIsAskedForOnceMore() {
        entra.always(refuses("invalid_client", 700024, "Client assertion is not within its valid time range."));
        assertThat(failure(builder().build())).hasMessageContaining("AADSTS700024");
        assertThat(given).hasSize(2).doesNotHaveDuplicates();
        assertThat(entra.requests()).extracting(request -> request.field("client_assertion")).containsExactlyElementsOf(given);
    }

    @Test
    void aSupplierThatThrowsFailsTheAcquisitionAndIsAskedAgainByTheNext() {
        AtomicInteger calls = new AtomicInteger();
        ClientAssertionCredential credential = supplied(() -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("the vault is closed");
            }
            return assertion();
        });
        assertThat(failure(credential)).hasMessageContaining("supplier of the client assertion failed")
                .hasRootCauseMessage("the vault is closed");
        assertThat(entra.tokenRequests()).isZero();
        time.advance(Duration.ofMinutes(1));
        assertThat(get(credential, SCOPE)).isNotBlank();
    }

    @Test
    void anEmptyAndABlankAssertionAreNamed() {
        assertThat(failure(supplied(Mono::empty))).hasMessageContaining("gave no client assertion");
        assertThat(failure(supplied(() -> Mono.just(" ")))).hasMessageContaining("gave no client assertion");
        assertThat(entra.tokenRequests()).isZero();
    }

    @Test
    void aSupplierThatNeverAnswersEndsInAnErrorWithinItsDeadline() throws InterruptedException {
        CountDownLatch isAsked = new CountDownLatch(1);
        CountDownLatch isLeft = new CountDownLatch(1);
        ClientAssertionCredential credential = supplied(() -> Mono.<String>never()
                .doOnSubscribe(asked -> isAsked.countDown()).doOnCancel(isLeft::countDown));
        CompletableFuture<?> waiting = credential.getToken(SCOPE).toFuture();
        assertThat(isAsked.await(20, TimeUnit.SECONDS)).isTrue();
        time.advance(Duration.ofSeconds(15));
        assertThat(waiting).isCompletedExceptionally();
        assertThat(catchThrowableOfType(ClientAuthenticationException.class, () -> {
            try {
                waiting.join();
            } catch (java.util.concurrent.CompletionException failed) {
                throw failed.getCause();
            }
        })).hasMessageContaining("gave no client assertion within 15 s");
        assertThat(isLeft.await(20, TimeUnit.SECONDS)).as("the supplier's Mono is cancelled").isTrue();
    }

    @Test
    void anAnswerThatComesAfterTheDeadlineDisturbsNobody() throws InterruptedException {
        Sinks.One<String> late = Sinks.one();
        CountDownLatch isAsked = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        ClientAssertionCredential credential = supplied(() -> calls.incrementAndGet() == 1
                ? late.asMono().doOnSubscribe(asked -> isAsked.countDown()) : assertion());
        CompletableFuture<?> waiting = credential.getToken(SCOPE).toFuture();
        assertThat(isAsked.await(20, TimeUnit.SECONDS)).isTrue();
        time.advance(Duration.ofSeconds(15));
        assertThat(waiting).isCompletedExceptionally();
        late.tryEmitValue("too-late");
        time.advance(Duration.ofMinutes(1));
        get(credential, SCOPE);
        assertThat(entra.requests()).extracting(request -> request.field("client_assertion")).containsExactlyElementsOf(given);
    }

    /** whoever supplies an assertion may block; event loops and the caller's thread must not. */
    @Test
    void theSupplierRunsOnAThreadThatMayBlock() {
        List<String> threads = new CopyOnWriteArrayList<>();
        get(supplied(() -> {
            threads.add(Thread.currentThread().getName());
            return assertion();
        }), SCOPE);
        assertThat(threads).singleElement().asString().startsWith("monocred-io");
    }
}
