package dev.monocred;

import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenEventListener;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class OnBehalfOfCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_SCOPE = "https://storage.azure.com/.default";
    private static final String ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<TokenCredential> opened = new ArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(credential -> credential.close().block());
        entra.close();
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private OnBehalfOfCredential.Builder builder() {
        return OnBehalfOfCredential.builder().tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(time.scheduler());
    }

    private OnBehalfOfCredential open(OnBehalfOfCredential.Builder builder) {
        OnBehalfOfCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    /** The application's own credential, without a user. */
    private OnBehalfOfCredential application() {
        return open(builder().clientSecret(FakeEntra.CLIENT_SECRET));
    }

    private OnBehalfOfCredential user() {
        return application().withUserAssertion(entra.userAssertion());
    }

    private static String get(TokenCredential credential, TokenRequestContext request) {
        return Objects.requireNonNull(credential.getToken(request).block(LIMIT)).token();
    }

    private static String get(TokenCredential credential, String scope) {
        return get(credential, TokenRequestContext.of(scope));
    }

    private static ClientAuthenticationException failure(TokenCredential credential) {
        return failure(credential, SCOPE);
    }

    private static ClientAuthenticationException failure(TokenCredential credential, String scope) {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class, () -> get(credential, scope)),
                "it did not fail");
    }

    private List<String> grants() {
        return entra.requests().stream().map(request -> request.form().getOrDefault("grant_type", "")).toList();
    }

    /** entra.md checklist 34. */
    @Nested
    class OnTheWire {

        @Test
        void theUsersTokenIsTheGrantAndTheSecretTheProof() {
            String assertion = entra.userAssertion();
            get(open(builder().userAssertion(assertion).clientSecret(FakeEntra.CLIENT_SECRET)), SCOPE);
            assertThat(entra.requests().get(0).form()).containsExactlyInAnyOrderEntriesOf(Map.of(
                    "client_id", FakeEntra.CLIENT_ID, "client_secret", FakeEntra.CLIENT_SECRET, "grant_type", ON_BEHALF_OF,
                    "assertion", assertion, "requested_token_use", "on_behalf_of", "client_info", "1",
                    "scope", SCOPE + " openid profile offline_access"));
        }

        @Test
        void anAssertionOfTheApplicationCanBeTheProof() {
            get(open(builder().userAssertion(entra.userAssertion()).clientAssertion(() -> Mono.just(entra.federatedAssertion()))),
                    SCOPE);
            assertThat(entra.requests().get(0).form()).containsKeys("assertion", "client_assertion")
                    .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    .doesNotContainKey("client_secret");
        }

        @Test
        void aCertificateCanBeTheProofInEveryTenant(@TempDir Path directory) throws IOException {
            CertificateFiles files = new CertificateFiles(directory).makes("app");
            String tenant = "44444444-4444-4444-4444-444444444444";
            entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, files.certificate("app"))
                    .registers(tenant, FakeEntra.CLIENT_ID, files.certificate("app"));
            OnBehalfOfCredential credential = open(builder().certificatePath(files.path("app.pem"))
                    .additionallyAllowedTenants(tenant)).withUserAssertion(entra.userAssertion());
            get(credential, SCOPE);
            get(credential, TokenRequestContext.of(SCOPE).withTenantId(tenant));
            for (RecordedTokenRequest request : entra.requests()) {
                String claims = request.form().getOrDefault("client_assertion", "").split("\\.", -1)[1];
                assertThat(JsonMapper.builder().build().readTree(Base64.getUrlDecoder().decode(claims)).path("aud").asText())
                        .isEqualTo(entra.authorityHost() + request.path());
            }
            assertThat(entra.requests()).extracting(RecordedTokenRequest::tenant).containsExactly(FakeEntra.TENANT_ID, tenant);
        }

        @Test
        void oneProofIsNeededAndNoMore() {
            assertThatIllegalArgumentException().isThrownBy(() -> OnBehalfOfCredential.builder().build())
                    .withMessageContainingAll("OnBehalfOfCredential", "tenantId", "clientId", "clientSecret", "certificate");
            UnaryOperator<OnBehalfOfCredential.Builder> secret = it -> it.clientSecret("s");
            UnaryOperator<OnBehalfOfCredential.Builder> assertion = it -> it.clientAssertion(() -> Mono.just("a"));
            UnaryOperator<OnBehalfOfCredential.Builder> certificate = it -> it.certificatePath("c.pem");
            for (var two : List.of(secret.andThen(assertion), secret.andThen(certificate), assertion.andThen(certificate))) {
                assertThatIllegalArgumentException().isThrownBy(() -> two.apply(builder()).build()).withMessageContaining("one of");
            }
        }

        @Test
        void aUserMustBeNamed() {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().clientSecret("s").userAssertion(" ").build())
                    .withMessageContaining("userAssertion");
            OnBehalfOfCredential application = application();
            assertThatIllegalArgumentException().isThrownBy(() -> application.withUserAssertion(""))
                    .withMessageContaining("userAssertion");
            assertThat(failure(application)).hasMessageContaining("withUserAssertion");
            assertThat(entra.tokenRequests()).isZero();
        }
    }

    /** entra.md checklist 35. */
    @Nested
    class RefreshTokens {

        @Test
        void areUsedOnceTheTokenIsOver() {
            OnBehalfOfCredential user = user();
            String first = get(user, SCOPE);
            assertThat(get(user, SCOPE)).isEqualTo(first);
            time.advance(Duration.ofHours(3)); // the user's own token is over by now
            assertThat(get(user, SCOPE)).isNotEqualTo(first);
            assertThat(grants()).containsExactly(ON_BEHALF_OF, "refresh_token");
            assertThat(entra.requests().get(1).field("client_secret")).isEqualTo(FakeEntra.CLIENT_SECRET);
        }

        @Test
        void serveOtherScopesAndModes() {
            OnBehalfOfCredential user = user();
            get(user, SCOPE);
            get(user, OTHER_SCOPE);
            get(user, TokenRequestContext.of(SCOPE).withCaeEnabled(true));
            assertThat(grants()).containsExactly(ON_BEHALF_OF, "refresh_token", "refresh_token");
        }

        @Test
        void thatAreRefusedAreForgottenAndTheUsersTokenServes() {
            OnBehalfOfCredential user = user();
            get(user, SCOPE);
            entra.next(refuses("invalid_grant", 700082, "The refresh token has expired."));
            get(user, OTHER_SCOPE);
            assertThat(grants()).containsExactly(ON_BEHALF_OF, "refresh_token", ON_BEHALF_OF);
        }

        @Test
        void thatMayBeUsedUpAreNotSentAgain() {
            OnBehalfOfCredential user = user();
            get(user, SCOPE);
            entra.next(disconnects());
            assertThat(failure(user, OTHER_SCOPE).isTransient()).isTrue();
            time.advance(Duration.ofMinutes(10));
            get(user, OTHER_SCOPE);
            assertThat(grants()).containsExactly(ON_BEHALF_OF, "refresh_token", ON_BEHALF_OF);
        }

        /** entra.md checklist 55. */
        @Test
        void areEachUsedOnceAndInTurnAndOtherUsersDoNotWait() {
            OnBehalfOfCredential application = application();
            OnBehalfOfCredential user = application.withUserAssertion(entra.userAssertion());
            OnBehalfOfCredential other = application.withUserAssertion(entra.userAssertion());
            Flux.just(user, other).flatMap(each -> Flux.just(SCOPE, OTHER_SCOPE).flatMap(scope -> each.getToken(scope)))
                    .blockLast(LIMIT);
            int before = entra.tokenRequests();
            time.advance(Duration.ofHours(3));
            entra.holds();
            List<CompletableFuture<?>> waiting = new ArrayList<>();
            for (OnBehalfOfCredential each : List.of(user, other)) {
                waiting.add(each.getToken(SCOPE).toFuture());
                waiting.add(each.getToken(OTHER_SCOPE).toFuture());
            }
            entra.awaitTokenRequests(before + 2);
            assertThat(entra.requests().subList(before, before + 2)).as("one of each user")
                    .extracting(request -> request.field("refresh_token")).doesNotHaveDuplicates();
            entra.releases();
            waiting.forEach(CompletableFuture::join);
            assertThat(entra.requests()).hasSize(before + 4);
            assertThat(entra.requests().subList(before, before + 4)).extracting(request -> request.field("refresh_token"))
                    .doesNotContainNull().doesNotHaveDuplicates();
        }
    }

    /** entra.md checklist 36: what Entra wants of the user reaches whoever can challenge the front end. */
    @Nested
    class Claims {

        private static final String CLAIMS = "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}";
        private final FakeAnswer needsMore =
                refuses("interaction_required", 50076, "Use multi-factor authentication.", Map.of("claims", CLAIMS));

        private void assertClaimsReachTheCaller(OnBehalfOfCredential user) {
            ClientAuthenticationException error = failure(user);
            assertThat(error.entraError()).isNotNull().satisfies(said -> assertThat(said.claims()).isEqualTo(CLAIMS));
            assertThat(error).hasMessageContaining("pass on the claims");
        }

        @Test
        void ofARefusedExchangeReachTheCaller() {
            entra.next(needsMore);
            assertClaimsReachTheCaller(user());
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void ofARefusedRefreshTokenReachTheCallerToo() {
            OnBehalfOfCredential user = user();
            get(user, OTHER_SCOPE);
            entra.next(needsMore, needsMore);
            assertClaimsReachTheCaller(user);
        }

        @Test
        void ofTheCallerAreSent() {
            OnBehalfOfCredential user = user();
            String before = get(user, SCOPE);
            assertThat(get(user, TokenRequestContext.of(SCOPE).withClaims(CLAIMS))).isNotEqualTo(before);
            assertThat(entra.requests().get(1).field("claims")).isEqualTo(CLAIMS);
        }
    }

    @Nested
    class Siblings {

        @Test
        void ofEqualUsersShareTokensAndRequestsUnderWay() {
            OnBehalfOfCredential application = application();
            String assertion = entra.userAssertion();
            entra.holds();
            List<CompletableFuture<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                waiting.add(application.withUserAssertion(assertion).getToken(SCOPE).toFuture());
            }
            entra.awaitTokenRequests(1).releases();
            waiting.forEach(CompletableFuture::join);
            get(application.withUserAssertion(assertion), SCOPE);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void ofDifferentUsersShareNoToken() {
            OnBehalfOfCredential application = application();
            String mine = get(application.withUserAssertion(entra.userAssertion()), SCOPE);
            String yours = get(application.withUserAssertion(entra.userAssertion()), SCOPE);
            assertThat(mine).isNotEqualTo(yours);
            assertThat(entra.requests()).extracting(request -> request.field("assertion")).doesNotHaveDuplicates();
        }

        @Test
        void areClosedByTheFirstAndCloseNobody() {
            OnBehalfOfCredential application = application();
            OnBehalfOfCredential user = application.withUserAssertion(entra.userAssertion());
            user.close().block();
            assertThat(get(user, SCOPE)).isNotBlank();
            application.close().block();
            assertThatIllegalStateException().isThrownBy(() -> get(user, SCOPE)).withMessageContaining("is closed");
        }

        @Test
        void printNoSecret() {
            String assertion = entra.userAssertion();
            OnBehalfOfCredential user = application().withUserAssertion(assertion);
            get(user, SCOPE);
            assertThat(user.getToken(SCOPE).toString()).contains("TokenMono").doesNotContain(assertion, FakeEntra.CLIENT_SECRET);
        }
    }

    /** E-2. */
    @Test
    void manyUsersAreBounded() {
        AtomicInteger evicted = new AtomicInteger();
        OnBehalfOfCredential application = open(builder().clientSecret(FakeEntra.CLIENT_SECRET).maxCachedTokens(20)
                .listener(new TokenEventListener() {
                    @Override
                    public void evicted(TokenRequestContext request) {
                        evicted.incrementAndGet();
                    }
                }));
        for (int n = 0; n < 100; n++) {
            get(application.withUserAssertion(entra.userAssertion()), SCOPE);
        }
        assertThat(100 - evicted.get()).isBetween(18, 20);
    }
}
