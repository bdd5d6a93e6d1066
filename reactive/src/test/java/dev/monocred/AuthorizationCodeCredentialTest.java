package dev.monocred;

import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.disconnectsMidBody;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenCacheStore;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class AuthorizationCodeCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_SCOPE = "https://storage.azure.com/.default";
    private static final String REDIRECT = "http://localhost:8400";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** The vector of RFC 7636, appendix B. */
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<TokenCredential> opened = new ArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(credential -> credential.close().block());
        entra.close();
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private AuthorizationCodeCredential.Builder builder() {
        return AuthorizationCodeCredential.builder().tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .authorizationCode(entra.authorizationCode(REDIRECT)).redirectUri(REDIRECT)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(time.scheduler());
    }

    private AuthorizationCodeCredential open(AuthorizationCodeCredential.Builder builder) {
        AuthorizationCodeCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    private static String get(TokenCredential credential, TokenRequestContext request) {
        return Objects.requireNonNull(credential.getToken(request).block(LIMIT)).token();
    }

    private static String get(TokenCredential credential, String scope) {
        return get(credential, TokenRequestContext.of(scope));
    }

    private static <E extends Throwable> E failure(Class<E> type, TokenCredential credential, String scope) {
        return Objects.requireNonNull(catchThrowableOfType(type, () -> get(credential, scope)), "it did not fail");
    }

    private List<String> grants() {
        return entra.requests().stream().map(request -> request.form().getOrDefault("grant_type", "")).toList();
    }

    @Nested
    class OnTheWire {

        @Test
        void theCodeTravelsWithItsRedirectAndTheScopesOfAPerson() {
            get(open(builder()), SCOPE);
            RecordedTokenRequest request = entra.requests().get(0);
            assertThat(request.form()).containsOnlyKeys("client_id", "code", "grant_type", "redirect_uri", "scope", "client_info")
                    .containsAllEntriesOf(Map.of("client_id", FakeEntra.CLIENT_ID, "grant_type", "authorization_code",
                            "redirect_uri", REDIRECT, "scope", SCOPE + " openid profile offline_access", "client_info", "1"));
        }

        /** entra.md checklist 38. */
        @Test
        void theVerifierIsSentWhenThereIsOne() {
            get(open(builder().authorizationCode(entra.authorizationCode(REDIRECT, CHALLENGE)).codeVerifier(VERIFIER)), SCOPE);
            assertThat(entra.requests().get(0).field("code_verifier")).isEqualTo(VERIFIER);
        }

        @Test
        void theSecretIsSentWithTheCodeAndWithEachRefreshToken() {
            AuthorizationCodeCredential credential = open(builder().clientSecret(FakeEntra.CLIENT_SECRET));
            get(credential, SCOPE);
            get(credential, OTHER_SCOPE);
            assertThat(entra.requests()).hasSize(2)
                    .allSatisfy(request -> assertThat(request.field("client_secret")).isEqualTo(FakeEntra.CLIENT_SECRET));
        }

        @Test
        void claimsAreSentInBothModes() {
            AuthorizationCodeCredential credential = open(builder());
            get(credential, TokenRequestContext.of(SCOPE).withClaims("{\"access_token\":{\"nbf\":{\"essential\":true}}}"));
            get(credential, TokenRequestContext.of(SCOPE).withCaeEnabled(true));
            assertThat(entra.requests()).extracting(request -> request.field("claims")).containsExactly(
                    "{\"access_token\":{\"nbf\":{\"essential\":true}}}", "{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}");
        }
    }

    /** entra.md checklist 37, 38, 55 and 56. */
    @Nested
    class TheCode {

        @Test
        void isRedeemedOnceByAThousandWhoAskAtOnce() {
            AuthorizationCodeCredential credential = open(builder());
            List<TokenRequestContext> requests = List.of(TokenRequestContext.of(SCOPE), TokenRequestContext.of(OTHER_SCOPE),
                    TokenRequestContext.of(SCOPE).withCaeEnabled(true), TokenRequestContext.of(SCOPE).withClaims("{}"));
            long tokens = Objects.requireNonNull(Flux.range(0, 1000)
                    .flatMap(n -> credential.getToken(requests.get(n % requests.size())), 1000).count().block(LIMIT));
            assertThat(tokens).isEqualTo(1000);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "refresh_token", "refresh_token");
            assertThat(entra.maxConcurrentTokenRequests()).isEqualTo(1);
        }

        static Stream<FakeAnswer> lostAnswers() {
            return Stream.of(disconnects(), disconnectsMidBody(), isDown(503), FakeAnswer.answers(200, "no token"));
        }

        @ParameterizedTest
        @MethodSource("lostAnswers")
        void isNotSentAgainWhenItsAnswerWasLost(FakeAnswer lost) {
            AuthorizationCodeCredential credential = open(builder());
            entra.next(lost);
            assertThat(failure(ClientAuthenticationException.class, credential, SCOPE).isTransient()).isTrue();
            time.advance(Duration.ofMinutes(10));
            assertThat(failure(AuthenticationRequiredException.class, credential, SCOPE))
                    .hasMessageContainingAll("AuthorizationCodeCredential", "was sent before", "sign in again");
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void isNotSentAgainWhenItWasRefused() {
            AuthorizationCodeCredential credential = open(builder());
            entra.next(refuses("invalid_grant", 70008, "The provided authorization code has expired."));
            assertThat(failure(ClientAuthenticationException.class, credential, SCOPE)).hasMessageContaining("has expired")
                    .isNotInstanceOf(AuthenticationRequiredException.class);
            time.advance(Duration.ofMinutes(10));
            failure(AuthenticationRequiredException.class, credential, SCOPE);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void isNotSentAgainWithAnotherSecret() {
            AtomicInteger secrets = new AtomicInteger();
            AuthorizationCodeCredential credential =
                    open(builder().clientSecret(() -> Mono.just("wrong " + secrets.incrementAndGet())));
            failure(ClientAuthenticationException.class, credential, SCOPE);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void isKeptWhenItWasNotSent() {
            AtomicBoolean isOpen = new AtomicBoolean();
            AuthorizationCodeCredential credential = open(builder().clientSecret(() -> isOpen.getAndSet(true)
                    ? Mono.just(FakeEntra.CLIENT_SECRET) : Mono.error(new IllegalStateException("the vault is closed"))));
            failure(ClientAuthenticationException.class, credential, SCOPE);
            assertThat(entra.tokenRequests()).isZero();
            time.advance(Duration.ofMinutes(10));
            assertThat(get(credential, SCOPE)).isNotBlank();
        }

        @Test
        void isKeptWhenNobodyCouldBeReached() {
            AtomicBoolean isOpen = new AtomicBoolean();
            AuthorizationCodeCredential credential = open(builder().httpClient(entra.httpClient().doOnConnect(config -> {
                if (!isOpen.get()) {
                    throw new IllegalStateException("no way out");
                }
            })));
            failure(ClientAuthenticationException.class, credential, SCOPE);
            isOpen.set(true);
            time.advance(Duration.ofMinutes(10));
            assertThat(get(credential, SCOPE)).isNotBlank();
            assertThat(grants()).containsExactly("authorization_code");
        }

        @Test
        void isFollowedByItsRefreshTokenInBothModes() {
            AuthorizationCodeCredential credential = open(builder());
            String plain = get(credential, SCOPE);
            assertThat(get(credential, SCOPE)).isEqualTo(plain);
            assertThat(get(credential, TokenRequestContext.of(SCOPE).withCaeEnabled(true))).isNotEqualTo(plain);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token");
        }

        @Test
        void leadsNowhereWithoutARefreshToken() {
            entra.next(FakeAnswer.answers(200, "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":3600}"));
            AuthorizationCodeCredential credential = open(builder());
            assertThat(get(credential, SCOPE)).isEqualTo("t");
            assertThat(get(credential, SCOPE)).isEqualTo("t");
            assertThat(failure(AuthenticationRequiredException.class, credential, OTHER_SCOPE))
                    .hasMessageContaining("there is no refresh token").satisfies(needed ->
                            assertThat(needed.scopes()).containsExactly(OTHER_SCOPE));
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }
    }

    @Nested
    class RefreshTokens {

        /** A server that rotates them revokes all when an old one comes again; this fake does. */
        @Test
        void areEachUsedOnceAndInTurn() {
            AuthorizationCodeCredential credential = open(builder());
            get(credential, SCOPE);
            get(credential, OTHER_SCOPE);
            for (int round = 0; round < 2; round++) {
                time.advance(Duration.ofHours(2));
                Flux.just(SCOPE, OTHER_SCOPE).flatMap(scope -> credential.getToken(scope)).blockLast(LIMIT);
            }
            List<String> used = entra.requests().stream().skip(1).map(each -> each.form().getOrDefault("refresh_token", "")).toList();
            assertThat(used).hasSize(5).doesNotHaveDuplicates();
            assertThat(new HashSet<>(grants())).hasSize(2);
        }

        @Test
        void thatAreRevokedNeedThePersonAgain() {
            AuthorizationCodeCredential credential = open(builder());
            get(credential, SCOPE);
            entra.next(refuses("invalid_grant", 50173, "The provided grant has expired due to it being revoked."));
            assertThat(failure(AuthenticationRequiredException.class, credential, OTHER_SCOPE)).hasMessageContaining("revoked");
            assertThat(grants()).containsExactly("authorization_code", "refresh_token");
        }

        @Test
        void thatNeedMoreOfThePersonSayWhat() {
            AuthorizationCodeCredential credential = open(builder());
            get(credential, SCOPE);
            String claims = "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}";
            entra.next(refuses("interaction_required", 50076, "Use multi-factor authentication.", Map.of("claims", claims)));
            AuthenticationRequiredException needed = failure(AuthenticationRequiredException.class, credential, OTHER_SCOPE);
            assertThat(needed.claims()).isEqualTo(claims);
            time.advance(Duration.ofMinutes(10));
            assertThat(get(credential, OTHER_SCOPE)).as("the refresh token is good for all else").isNotBlank();
        }
    }

    /** A server that does not say who signed in must not make two people one. */
    @Nested
    class WithAPersistentCache {

        private final Map<String, byte[]> content = new ConcurrentHashMap<>();

        private TokenCacheStore store(String name) {
            return new TokenCacheStore() {
                @Override
                public Mono<byte[]> read() {
                    return Mono.justOrEmpty(content.get(name));
                }

                @Override
                public Mono<Void> write(byte[] changed) {
                    return Mono.fromRunnable(() -> content.put(name, changed));
                }
            };
        }

        private AuthorizationCodeCredential signedIn(String person) {
            entra.next(FakeAnswer.answers(200, "{\"access_token\":\"of-" + person + "\",\"token_type\":\"Bearer\","
                    + "\"expires_in\":3600,\"refresh_token\":\"refresh-token-of-" + person + "\"}"));
            AuthorizationCodeCredential credential = open(builder()
                    .tokenCachePersistence(TokenCachePersistenceOptions.builder().store(this::store).build()));
            assertThat(get(credential, SCOPE)).isEqualTo("of-" + person);
            return credential;
        }

        @Test
        void eachCodeIsItsOwnPersons() {
            AuthorizationCodeCredential alice = signedIn("alice");
            AuthorizationCodeCredential bob = signedIn("bob");
            failure(ClientAuthenticationException.class, alice, OTHER_SCOPE);
            failure(ClientAuthenticationException.class, bob, OTHER_SCOPE);
            assertThat(grants()).startsWith("authorization_code", "authorization_code");
            assertThat(entra.requests().stream().map(each -> each.form().getOrDefault("refresh_token", "")).skip(2).toList())
                    .containsExactly("refresh-token-of-alice", "refresh-token-of-bob");
        }
    }

    @Test
    void namesEverythingThatIsMissingAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> AuthorizationCodeCredential.builder().build())
                .withMessageContainingAll("AuthorizationCodeCredential", "tenantId", "clientId", "authorizationCode", "redirectUri");
        assertThatIllegalArgumentException().isThrownBy(() -> builder().redirectUri("not a uri"));
    }
}
