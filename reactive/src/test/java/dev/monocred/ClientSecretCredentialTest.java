package dev.monocred;

import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenEventListener;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class ClientSecretCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_TENANT = "44444444-4444-4444-4444-444444444444";

    private final FakeEntra entra = FakeEntra.start();

    /** Closed after each test: what all credentials share must not go from one test to the next. */
    private final List<ClientSecretCredential> opened = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(credential -> credential.close().block());
        entra.close();
    }

    private ClientSecretCredential.Builder builder() {
        return ClientSecretCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null);
    }

    private AccessToken get(ClientSecretCredential credential, TokenRequestContext request) {
        opened.add(credential);
        return credential.getToken(request).blockOptional().orElseThrow();
    }

    private ClientAuthenticationException failure(ClientSecretCredential credential, TokenRequestContext request) {
        opened.add(credential);
        try {
            credential.getToken(request).block();
        } catch (ClientAuthenticationException failure) {
            return failure;
        }
        throw new AssertionError("it did not fail");
    }

    private RecordedTokenRequest onlyRequest() {
        assertThat(entra.requests()).hasSize(1);
        return entra.requests().get(0);
    }

    @Nested
    class WhenItIsBuilt {

        @Test
        void namesEverythingThatIsMissingAtOnce() {
            assertThatIllegalArgumentException().isThrownBy(() -> ClientSecretCredential.builder().clientId(" ").build())
                    .withMessageContainingAll("ClientSecretCredential", "tenantId", "clientId", "clientSecret");
        }

        @Test
        void namesABlankSecretAlone() {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().clientSecret(" ").build())
                    .withMessageContaining("clientSecret").withMessageNotContaining("tenantId");
        }

        @ParameterizedTest
        @ValueSource(strings = {"a/b", "..", "a..b", "a b", "tenant_1", "a?b"})
        void refusesATenantThatWouldChangeTheUrl(String tenant) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().tenantId(tenant)).withMessageContaining(tenant);
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://login.example.com", "https://user@login.example.com", "https://login.example.com?a=b",
            "https://login.example.com#a", "ftp://login.example.com"})
        void refusesAnAuthorityThatIsNotPlainHttps(String authority) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().authorityHost(authority));
        }

        @Test
        void refusesAnApplicationIdThatWouldBreakAHeader() {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().applicationId("a\r\nb"));
        }

        @Test
        void doesNotSeeLaterChangesOfItsBuilder() {
            ClientSecretCredential.Builder builder = builder();
            ClientSecretCredential credential = builder.build();
            builder.tenantId(OTHER_TENANT).clientSecret("another");
            get(credential, TokenRequestContext.of(SCOPE));
            assertThat(onlyRequest().tenant()).isEqualTo(FakeEntra.TENANT_ID);
        }

        @Test
        void offersItsSharedSettersToReflection() throws ReflectiveOperationException {
            Object builder = ClientSecretCredential.Builder.class.getMethod("tenantId", String.class)
                    .invoke(ClientSecretCredential.builder(), FakeEntra.TENANT_ID);
            assertThat(builder).isInstanceOf(ClientSecretCredential.Builder.class);
        }
    }

    @Nested
    class OnTheWire {

        @Test
        void sendsExactlyTheFormOfTheClientCredentialsGrant() {
            AccessToken token = get(builder().applicationId("shop").build(), TokenRequestContext.of(SCOPE));
            RecordedTokenRequest request = onlyRequest();
            assertThat(request.path()).isEqualTo("/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/token");
            assertThat(request.form()).containsExactlyInAnyOrderEntriesOf(Map.of("grant_type", "client_credentials",
                    "client_id", FakeEntra.CLIENT_ID, "client_secret", FakeEntra.CLIENT_SECRET, "scope", SCOPE));
            assertThat(request.header("User-Agent")).startsWith("shop ");
            assertThat(request.header("Transfer-Encoding")).as("never chunked").isNull();
            assertThat(token.tokenType()).isEqualTo("Bearer");
            assertThat(token.expiresAt()).isAfter(Instant.now().plusSeconds(3500));
        }

        @Test
        void asksOnceForEqualRequestsAndAgainForOtherTenantsAndModes() {
            ClientSecretCredential credential = builder().additionallyAllowedTenants("*").build();
            entra.registers(OTHER_TENANT, FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);
            TokenRequestContext request = TokenRequestContext.of(SCOPE);
            Set<String> tokens = new HashSet<>();
            for (TokenRequestContext each : List.of(request, request.withTenantId(FakeEntra.TENANT_ID),
                    request.withTenantId(OTHER_TENANT), request.withCaeEnabled(true))) {
                tokens.add(get(credential, each).token());
                tokens.add(get(credential, each).token());
            }
            assertThat(tokens).hasSize(3);
            assertThat(entra.requests()).extracting(RecordedTokenRequest::tenant)
                    .containsExactly(FakeEntra.TENANT_ID, OTHER_TENANT, FakeEntra.TENANT_ID);
        }

        @Test
        void asksForTheCapabilityWhenCaeIsOn() {
            get(builder().build(), TokenRequestContext.of(SCOPE).withCaeEnabled(true));
            assertThat(onlyRequest().field("claims")).isEqualTo("{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}");
        }

        @Test
        void goesPastTheCacheForClaimsAndSendsThemAsTheyAre() {
            ClientSecretCredential credential = builder().build();
            String claims = "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1767225600\"}}}";
            AccessToken first = get(credential, TokenRequestContext.of(SCOPE));
            AccessToken second = get(credential, TokenRequestContext.of(SCOPE).withClaims(claims));
            assertThat(second).isNotEqualTo(first);
            assertThat(entra.requests().get(1).field("claims")).isEqualTo(claims);
            assertThat(get(credential, TokenRequestContext.of(SCOPE))).as("everybody has the newer token").isEqualTo(second);
        }

        @Test
        void refusesClaimsThatAreNotAJsonObjectBeforeSending() {
            assertThat(failure(builder().build(), TokenRequestContext.of(SCOPE).withClaims("[1]")))
                    .hasMessageContaining("claims");
            assertThat(entra.tokenRequests()).isZero();
        }

        @Test
        void discoversAnUnknownAuthorityOnceAndNotAtAllWhenToldSo() {
            get(builder().build(), TokenRequestContext.of(SCOPE));
            get(builder().disableInstanceDiscovery(true).build(), TokenRequestContext.of(SCOPE));
            assertThat(entra.discoveryRequests()).isLessThanOrEqualTo(1);
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }

        @Test
        void takesTheAuthorityFromTheEnvironmentUnlessOneIsGiven() {
            get(ClientSecretCredential.builder().tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                    .clientSecret(FakeEntra.CLIENT_SECRET).httpClient(entra.httpClient())
                    .environment(name -> name.equals("AZURE_AUTHORITY_HOST") ? entra.authorityHost() : null).build(),
                    TokenRequestContext.of(SCOPE));
            get(builder().environment(name -> name.equals("AZURE_AUTHORITY_HOST") ? "https://elsewhere.invalid" : null).build(),
                    TokenRequestContext.of(SCOPE));
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }
    }

    @Nested
    class WhenItIsRefused {

        @Test
        void saysWhatCameBackAndWhatToDoAfterOneRequest() {
            ClientAuthenticationException failure =
                    failure(builder().clientSecret("not-the-secret").build(), TokenRequestContext.of(SCOPE));
            assertThat(failure).hasMessageStartingWith("ClientSecretCredential")
                    .hasMessageContaining("AADSTS7000215").hasMessageContaining("Correlation id: ")
                    .hasMessageNotContaining("not-the-secret");
            assertThat(failure.isTransient()).isFalse();
            assertThat(failure.entraError()).isNotNull().satisfies(error -> {
                assertThat(error.error()).isEqualTo("invalid_client");
                assertThat(error.errorCodes()).containsExactly(7000215L);
                assertThat(error.httpStatus()).isEqualTo(401);
                assertThat(error.correlationId()).isNotBlank();
            });
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void namesBothTenantsAndBothRemediesForATenantThatIsNotAllowed() {
            assertThat(failure(builder().build(), TokenRequestContext.of(SCOPE).withTenantId(OTHER_TENANT)))
                    .hasMessageContainingAll(OTHER_TENANT, FakeEntra.TENANT_ID, "additionallyAllowedTenants", "*");
            assertThat(entra.tokenRequests()).isZero();
        }

        @Test
        void ignoresOtherTenantsWhenTheEnvironmentForbidsThem() {
            ClientSecretCredential credential =
                    builder().environment(name -> name.equals("AZURE_IDENTITY_DISABLE_MULTITENANTAUTH") ? "true" : null).build();
            get(credential, TokenRequestContext.of(SCOPE).withTenantId(OTHER_TENANT));
            assertThat(onlyRequest().tenant()).isEqualTo(FakeEntra.TENANT_ID);
        }

        @Test
        void failsAtOnceForAShortWhileThenAsksAgain() {
            ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
            ClientSecretCredential credential = builder().clientSecret("not-the-secret").timeSource(time)
                    .scheduler(time.scheduler()).build();
            failure(credential, TokenRequestContext.of(SCOPE));
            ClientAuthenticationException gated = failure(credential, TokenRequestContext.of(SCOPE));
            assertThat(gated).hasMessageContaining("No new attempt is made before");
            assertThat(gated.retryAt()).isAfter(time.now());
            assertThat(entra.tokenRequests()).isEqualTo(1);
            time.advance(Duration.ofSeconds(5));
            failure(credential, TokenRequestContext.of(SCOPE));
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }
    }

    @Nested
    class WithASecretThatIsSupplied {

        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicReference<@Nullable String> secret = new AtomicReference<>(FakeEntra.CLIENT_SECRET);

        private ClientSecretCredential supplied() {
            return builder().clientSecret(() -> {
                asked.incrementAndGet();
                return Mono.justOrEmpty(secret.get());
            }).build();
        }

        @Test
        void asksForItAtEachAcquisitionAndNeverOnAHit() {
            ClientSecretCredential credential = supplied();
            get(credential, TokenRequestContext.of(SCOPE));
            get(credential, TokenRequestContext.of(SCOPE));
            assertThat(asked).hasValue(1);
            get(credential, TokenRequestContext.of("https://storage.azure.com/.default"));
            assertThat(asked).hasValue(2);
        }

        @Test
        void triesAChangedSecretAtOnceWhenTheOldOneIsRefused() {
            secret.set("rotated-away");
            ClientSecretCredential credential = builder().clientSecret(() -> {
                String handedOut = secret.getAndSet(FakeEntra.CLIENT_SECRET);
                return Mono.justOrEmpty(handedOut);
            }).build();
            get(credential, TokenRequestContext.of(SCOPE));
            assertThat(entra.requests()).extracting(request -> request.field("client_secret"))
                    .containsExactly("rotated-away", FakeEntra.CLIENT_SECRET);
        }

        @Test
        void doesNotRepeatAnUnchangedSecretThatIsRefused() {
            secret.set("wrong");
            failure(supplied(), TokenRequestContext.of(SCOPE));
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void failsWithItsOwnSentenceWhenNoSecretComes() {
            secret.set(null);
            assertThat(failure(supplied(), TokenRequestContext.of(SCOPE))).hasMessageContaining("client secret");
            assertThat(entra.tokenRequests()).isZero();
        }
    }

    @Test
    void aDayOfRefreshesPassesInAMoment() throws InterruptedException {
        ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
        Refreshes refreshes = new Refreshes();
        try (FakeEntra faked = FakeEntra.start(time)) {
            faked.always(issues(Duration.ofHours(1)));
            ClientSecretCredential credential = builder().authorityHost(faked.authorityHost()).httpClient(faked.httpClient())
                    .timeSource(time).scheduler(time.scheduler()).listener(refreshes).build();
            get(credential, TokenRequestContext.of(SCOPE));
            refreshes.await();
            for (int minute = 0; minute < 24 * 60; minute++) {
                time.advance(Duration.ofMinutes(1));
                StepVerifier.create(credential.getToken(SCOPE))
                        .assertNext(token -> assertThat(token.expiresAt()).isAfter(time.now())).verifyComplete();
                refreshes.await();
            }
            assertThat(faked.tokenRequests()).as("one for each 45 to 49 minutes").isBetween(29, 33);
        }
    }

    @Test
    void anOutageInTheRefreshWindowIsSeenByNobody() {
        ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
        Refreshes refreshes = new Refreshes();
        try (FakeEntra faked = FakeEntra.start(time)) {
            faked.next(issues(Duration.ofHours(1)));
            ClientSecretCredential credential = builder().authorityHost(faked.authorityHost()).httpClient(faked.httpClient())
                    .timeSource(time).scheduler(time.scheduler()).listener(refreshes).build();
            AccessToken token = get(credential, TokenRequestContext.of(SCOPE));
            faked.always(isDown(503));
            for (int minute = 0; minute < 59; minute++) {
                time.advance(Duration.ofMinutes(1));
                StepVerifier.create(credential.getToken(SCOPE)).expectNext(token).verifyComplete();
            }
            assertThat(refreshes.started.get()).as("it tried, and never often").isBetween(3, 11);
        }
    }

    @Test
    void nothingIsSentAfterClose() {
        ClientSecretCredential credential = builder().build();
        get(credential, TokenRequestContext.of(SCOPE));
        credential.close().block();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> credential.getToken(SCOPE).block())
                .withMessageContaining("closed");
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    /** Waits for the requests that run behind the callers' backs: the time is moved by hand, the sockets are real. */
    private static final class Refreshes implements TokenEventListener {

        private final Semaphore ended = new Semaphore(0);
        private final AtomicInteger started = new AtomicInteger();
        private int awaited;

        @Override
        public void started(TokenRequestContext request, boolean background) {
            started.incrementAndGet();
        }

        @Override
        public void refreshed(TokenRequestContext request, Duration took, int waiters, Instant expiresAt) {
            ended.release();
        }

        /** Waits for the end of whatever has started so far: one that ended before anybody waited counts, too. */
        void await() throws InterruptedException {
            for (; awaited < started.get(); awaited++) {
                assertThat(ended.tryAcquire(20, TimeUnit.SECONDS)).as("a refresh ends").isTrue();
            }
        }
    }
}
