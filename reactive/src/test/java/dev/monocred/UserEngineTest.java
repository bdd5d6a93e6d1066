package dev.monocred;

import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.signin.SignIn;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What all credentials of people share: silent refresh, the prompt above it, accounts (entra.md 2.4, 3.6, 3.10). */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class UserEngineTest {

    private static final String VAULT = "https://vault.azure.net/.default";
    private static final String STORAGE = "https://storage.azure.com/.default";
    private static final TokenRequestContext REQUEST = TokenRequestContext.of(VAULT);
    private static final String REDIRECT = "http://localhost:8400";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<UserEngine> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger signIns = new AtomicInteger();
    private final AtomicInteger cancels = new AtomicInteger();
    private final List<TokenRequestContext> prompted = new CopyOnWriteArrayList<>();

    /** What the person does before the code comes. */
    private Mono<Void> person = Mono.empty();
    private UnaryOperator<TokenResponse> answer = UnaryOperator.identity();

    @AfterEach
    void stop() {
        opened.forEach(engine -> engine.close().block());
        entra.close();
    }

    private static final class Builder extends UserCredentialBuilder<Builder> {

        @Override
        Builder self() {
            return this;
        }
    }

    private Builder builder() {
        return new Builder().clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .environment(name -> null).timeSource(time).scheduler(time.scheduler());
    }

    private UserEngine engine() {
        return engine(builder());
    }

    private UserEngine engine(Builder builder) {
        UserEngine engine = UserEngine.prompting("TestCredential", builder.userOptions("TestCredential"), this::signIn);
        opened.add(engine);
        return engine;
    }

    private SignIn signIn(UserEngine.Wiring wiring) {
        return (request, refusal) -> {
            signIns.incrementAndGet();
            prompted.add(request);
            return person.doOnCancel(cancels::incrementAndGet)
                    .then(Mono.defer(() -> wiring.endpoint().redeem(request,
                            new Grant.AuthorizationCode(entra.authorizationCode(REDIRECT), REDIRECT, null))))
                    .map(answer);
        };
    }

    private static AccessToken get(UserEngine engine, TokenRequestContext request) {
        return Objects.requireNonNull(engine.getToken(request).block(LIMIT));
    }

    private static <E extends Throwable> E failure(Class<E> type, Mono<?> mono) {
        try {
            mono.block(LIMIT);
        } catch (Throwable thrown) {
            assertThat(thrown).isInstanceOf(type);
            return type.cast(thrown);
        }
        throw new AssertionError("it did not fail");
    }

    private List<@Nullable String> grants() {
        return entra.requests().stream().map(request -> request.field("grant_type")).toList();
    }

    private static TokenResponse with(TokenResponse response, @Nullable String refreshToken, @Nullable String idToken,
            @Nullable String clientInfo) {
        return new TokenResponse(response.accessToken(), refreshToken, idToken, clientInfo, response.scope(), null);
    }

    @Nested
    class Silently {

        @Test
        void aRefreshTokenServesEveryOtherScope() {
            UserEngine engine = engine();

            get(engine, REQUEST);
            get(engine, TokenRequestContext.of(STORAGE));
            get(engine, REQUEST);

            assertThat(signIns).hasValue(1);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token");
            assertThat(entra.requests().get(1).scopes()).contains(STORAGE, "offline_access", "openid");
            assertThat(entra.requests().get(1).field("client_info")).isEqualTo("1");
        }

        /** entra.md, number 56: the code's own mode counts for the access token only. */
        @Test
        void aRefreshTokenServesBothModesOfContinuousAccessEvaluation() {
            UserEngine engine = engine();
            TokenRequestContext cae = REQUEST.withCaeEnabled(true);

            AccessToken plain = get(engine, REQUEST);
            AccessToken other = get(engine, cae);

            assertThat(other).as("never across").isNotEqualTo(plain);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token");
            time.advance(Duration.ofHours(2));
            get(engine, REQUEST);
            get(engine, cae);
            assertThat(grants()).as("each finds what the other brought").hasSize(4);
            assertThat(signIns).hasValue(1);
        }

        /** entra.md, number 55. */
        @Test
        void flightsOfOneAccountTakeTurnsAndUseWhatTheOneBeforeBrought() {
            UserEngine engine = engine();
            get(engine, REQUEST);
            get(engine, TokenRequestContext.of(STORAGE));
            int before = entra.tokenRequests();

            for (int round = 0; round < 2; round++) {
                time.advance(Duration.ofHours(2));
                Flux.just(VAULT, STORAGE).flatMap(scope -> engine.getToken(TokenRequestContext.of(scope))).blockLast(LIMIT);
            }

            List<RecordedTokenRequest> redemptions = entra.requests().subList(before, entra.tokenRequests());
            assertThat(redemptions).hasSize(4).allSatisfy(each -> assertThat(each.field("grant_type")).isEqualTo("refresh_token"));
            assertThat(new HashSet<>(redemptions.stream().map(each -> each.field("refresh_token")).toList())).hasSize(4);
            assertThat(entra.maxConcurrentTokenRequests()).isEqualTo(1);
            assertThat(signIns).hasValue(1);
        }

        /** entra.md, number 55. */
        @Test
        void aRefreshTokenWhoseAnswerWasLostIsNeverSentAgain() {
            UserEngine engine = engine();
            get(engine, REQUEST);

            entra.next(disconnects());
            ClientAuthenticationException lost = failure(ClientAuthenticationException.class,
                    engine.getToken(TokenRequestContext.of(STORAGE)));
            time.advance(Duration.ofMinutes(1));
            get(engine, TokenRequestContext.of(STORAGE));

            assertThat(lost.isTransient()).isTrue();
            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "authorization_code");
            assertThat(signIns).hasValue(2);
        }

        @Test
        void aRefreshTokenThatTheServerDidNotTakeIsKept() {
            UserEngine engine = engine();
            get(engine, REQUEST);

            entra.next(isDown(503));
            failure(ClientAuthenticationException.class, engine.getToken(TokenRequestContext.of(STORAGE)));
            time.advance(Duration.ofMinutes(1));
            get(engine, TokenRequestContext.of(STORAGE));

            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "refresh_token");
            assertThat(entra.requests().get(2).field("refresh_token")).isEqualTo(entra.requests().get(1).field("refresh_token"));
        }

        @Test
        void aTokenThatIsStillGoodIsServedWhileTheRefreshTokenIsRefused() {
            UserEngine engine = engine();
            AccessToken first = get(engine, REQUEST);
            time.advance(Duration.ofMinutes(55));
            entra.always(refuses("invalid_grant", 700082, "The refresh token has expired."));

            assertThat(get(engine, REQUEST)).isEqualTo(first);
            entra.awaitTokenRequests(2);
            assertThat(get(engine, REQUEST)).isEqualTo(first);
            assertThat(signIns).hasValue(1);
        }

        /** entra.md, number 58. */
        @Test
        void anAnswerWithoutARefreshTokenServesUntilItsEndAndThenThePersonIsAsked() {
            answer = response -> with(response, null, response.idToken(), response.clientInfo());
            UserEngine engine = engine();

            get(engine, REQUEST);
            get(engine, REQUEST);
            assertThat(signIns).hasValue(1);
            time.advance(Duration.ofHours(1));
            get(engine, REQUEST);

            assertThat(signIns).hasValue(2);
            assertThat(grants()).containsOnly("authorization_code");
        }
    }

    @Nested
    class APerson {

        @Test
        void isAskedOnceByEverybodyWhoWantsTheSame() {
            UserEngine engine = engine();

            List<AccessToken> tokens = Flux.range(0, 200).flatMap(i -> engine.getToken(REQUEST), 200).collectList().block(LIMIT);

            assertThat(tokens).hasSize(200);
            assertThat(new HashSet<>(Objects.requireNonNull(tokens))).hasSize(1);
            assertThat(signIns).hasValue(1);
        }

        /** entra.md, number 42. */
        @Test
        void isAskedOnceThoughManyWantDifferentThings() {
            UserEngine engine = engine();
            Sinks.Empty<Void> signedIn = Sinks.empty();
            person = signedIn.asMono();
            List<AccessToken> got = new CopyOnWriteArrayList<>();

            List<Disposable> waiting = new ArrayList<>();
            for (String scope : List.of(VAULT, STORAGE, "https://management.azure.com/.default")) {
                waiting.add(engine.getToken(TokenRequestContext.of(scope)).subscribe(got::add));
            }
            assertThat(signIns).hasValue(1);
            signedIn.tryEmitEmpty();
            entra.awaitTokenRequests(3);
            await(() -> got.size() == 3);

            assertThat(waiting).allMatch(Disposable::isDisposed);
            assertThat(signIns).hasValue(1);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "refresh_token");
        }

        @Test
        void isAskedAgainWhenTheRefreshTokenIsNoLongerGood() {
            UserEngine engine = engine();
            get(engine, REQUEST);
            time.advance(Duration.ofHours(2));

            entra.next(refuses("invalid_grant", 700082, "The refresh token has expired."));
            get(engine, REQUEST);

            assertThat(signIns).hasValue(2);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "authorization_code");
        }

        /** Those who wait for another prompt go on without one of their own, though their last attempt failed just now. */
        @Test
        void isAskedOnceThoughTheRefreshTokenFailedManyAtTheSameTime() {
            UserEngine engine = engine();
            get(engine, REQUEST);
            time.advance(Duration.ofHours(2));
            entra.next(refuses("invalid_grant", 700082, "The refresh token has expired."));
            Sinks.Empty<Void> signedIn = Sinks.empty();
            person = signedIn.asMono();
            List<AccessToken> got = new CopyOnWriteArrayList<>();
            Disposable one = engine.getToken(REQUEST).subscribe(got::add);
            await(() -> signIns.get() == 2);
            Disposable other = engine.getToken(TokenRequestContext.of(STORAGE)).subscribe(got::add);

            signedIn.tryEmitEmpty();
            await(() -> got.size() == 2);

            assertThat(List.of(one, other)).allMatch(Disposable::isDisposed);
            assertThat(signIns).hasValue(2);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "authorization_code", "refresh_token");
        }

        @Test
        void isAskedForTheClaimsOfTheRefusal() {
            UserEngine engine = engine();
            get(engine, REQUEST);
            String claims = "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}";

            entra.next(refuses("interaction_required", 50076, "Use multi-factor authentication.", Map.of("claims", claims)));
            get(engine, TokenRequestContext.of(STORAGE));

            assertThat(prompted.get(1).claims()).isEqualTo(claims);
            assertThat(entra.requests().get(2).field("claims")).isEqualTo(claims);
            get(engine, TokenRequestContext.of(STORAGE));
            assertThat(signIns).hasValue(2);
        }

        @Test
        void isAskedWithTheClaimsOfTheCallerWhoseAnswerThenServesThem() {
            UserEngine engine = engine();
            TokenRequestContext challenged = REQUEST.withClaims("{\"access_token\":{}}");

            AccessToken token = get(engine, challenged);

            assertThat(prompted.get(0).claims()).isEqualTo(challenged.claims());
            assertThat(get(engine, REQUEST)).isEqualTo(token);
            assertThat(get(engine, challenged)).as("the same challenge within seconds").isEqualTo(token);
            assertThat(signIns).hasValue(1);
        }

        @Test
        void isLeftAloneWhenNobodyWaitsAnyLonger() {
            person = Mono.never();
            UserEngine engine = engine();
            Disposable first = engine.getToken(REQUEST).subscribe();
            Disposable second = engine.getToken(REQUEST).subscribe();

            first.dispose();
            assertThat(cancels).as("one still waits").hasValue(0);
            second.dispose();
            assertThat(cancels).hasValue(1);

            person = Mono.empty();
            get(engine, REQUEST);
            assertThat(signIns).hasValue(2);
        }

        @Test
        void whoDoesNotSignInCanBeAskedAgainAtOnce() {
            person = Mono.error(new ClientAuthenticationException("TestCredential: declined."));
            UserEngine engine = engine();

            ClientAuthenticationException one = failure(ClientAuthenticationException.class, engine.getToken(REQUEST));
            person = Mono.empty();
            get(engine, REQUEST);

            assertThat(one).hasMessage("TestCredential: declined.");
            assertThat(signIns).hasValue(2);
        }

        @Test
        void whoDoesNotSignInFailsEverybodyWithAnExceptionOfTheirOwn() {
            Sinks.Empty<Void> signedIn = Sinks.empty();
            person = signedIn.asMono();
            UserEngine engine = engine();
            List<Throwable> errors = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 3; i++) {
                engine.getToken(REQUEST).subscribe(token -> { }, errors::add);
            }

            signedIn.tryEmitError(new ClientAuthenticationException("TestCredential: declined."));

            assertThat(errors).hasSize(3).doesNotHaveDuplicates();
        }

        @Test
        void ofAnotherApplicationIsRefused() {
            answer = response -> with(response, response.refreshToken(), "e30.eyJhdWQiOiJhbm90aGVyIn0.", response.clientInfo());

            ClientAuthenticationException error = failure(ClientAuthenticationException.class, engine().getToken(REQUEST));

            assertThat(error).hasMessageContainingAll("TestCredential", "id token", FakeEntra.CLIENT_ID);
        }

        @Test
        void whoIsAnotherOneTakesTheOldTokensAway() {
            UserEngine engine = engine();
            AccessToken first = get(engine, REQUEST);
            answer = response -> with(response, response.refreshToken(), response.idToken(), "eyJ1aWQiOiJhIiwidXRpZCI6ImIifQ");

            engine.authenticate(TokenRequestContext.of(STORAGE)).block(LIMIT);

            assertThat(get(engine, REQUEST)).as("not the one before's").isNotEqualTo(first);
            assertThat(signIns).hasValue(2);
        }
    }

    /** entra.md, number 47. */
    @Nested
    class WithoutAutomaticAuthentication {

        private UserEngine engine() {
            return UserEngineTest.this.engine(builder().disableAutomaticAuthentication(true));
        }

        @Test
        void nobodyIsAskedAndTheErrorSaysWhatFor() {
            String claims = "{\"access_token\":{}}";

            AuthenticationRequiredException error = failure(AuthenticationRequiredException.class,
                    engine().getToken(REQUEST.withClaims(claims)));

            assertThat(error.scopes()).containsExactly(VAULT);
            assertThat(error.claims()).isEqualTo(claims);
            assertThat(error).hasMessageContainingAll("TestCredential", VAULT, "authenticate()");
            assertThat(signIns).hasValue(0);
            assertThat(entra.tokenRequests()).isZero();
        }

        @Test
        void authenticateAsksAndThenTokensComeByThemselves() {
            UserEngine engine = engine();
            failure(AuthenticationRequiredException.class, engine.getToken(TokenRequestContext.of(STORAGE)));

            engine.authenticate(REQUEST).block(LIMIT);
            get(engine, REQUEST);
            get(engine, TokenRequestContext.of(STORAGE));

            assertThat(signIns).hasValue(1);
            assertThat(grants()).containsExactly("authorization_code", "refresh_token");
        }

        /** What is no longer good in one mode of continuous access evaluation is not tried in the other. */
        @Test
        void aRefusedRefreshTokenIsForgottenEverywhere() {
            UserEngine engine = engine();
            engine.authenticate(REQUEST).block(LIMIT);
            entra.next(refuses("invalid_grant", 700082, "The refresh token has expired."));
            failure(AuthenticationRequiredException.class, engine.getToken(TokenRequestContext.of(STORAGE)));

            failure(AuthenticationRequiredException.class,
                    engine.getToken(TokenRequestContext.of(STORAGE).withCaeEnabled(true)));

            assertThat(grants()).containsExactly("authorization_code", "refresh_token");
        }

        /** The suberror says that a person must act for this resource, not that the refresh token is bad. */
        @Test
        void aRefreshTokenThatLacksConsentForOneResourceServesTheOthers() {
            UserEngine engine = engine();
            engine.authenticate(REQUEST).block(LIMIT);
            entra.next(refuses("invalid_grant", 65001, "Consent is missing.", Map.of("suberror", "consent_required")));
            failure(AuthenticationRequiredException.class, engine.getToken(TokenRequestContext.of(STORAGE)));

            get(engine, TokenRequestContext.of("https://management.azure.com/.default"));

            assertThat(grants()).containsExactly("authorization_code", "refresh_token", "refresh_token");
        }

        @Test
        void aRefusalIsHandedOnWithItsClaims() {
            UserEngine engine = engine();
            engine.authenticate(REQUEST).block(LIMIT);
            entra.next(refuses("interaction_required", 50076, "Use multi-factor authentication.",
                    Map.of("claims", "{\"a\":{}}")));

            AuthenticationRequiredException error = failure(AuthenticationRequiredException.class,
                    engine.getToken(TokenRequestContext.of(STORAGE)));

            assertThat(error.claims()).isEqualTo("{\"a\":{}}");
            assertThat(Objects.requireNonNull(error.entraError()).error()).isEqualTo("interaction_required");
            assertThat(error).hasMessageContainingAll("50076", "authenticate()");
            time.advance(Duration.ofMinutes(1));
            get(engine, TokenRequestContext.of(STORAGE));
            assertThat(signIns).as("the refresh token was not at fault").hasValue(1);
        }
    }

    @Nested
    class Authenticating {

        /** entra.md, number 45. */
        @Test
        void saysWhoSignedIn() {
            AuthenticationRecord record = engine().authenticate(REQUEST).block(LIMIT);

            assertThat(record).isEqualTo(AuthenticationRecord.of(entra.authorityHost(), FakeEntra.CLIENT_ID,
                    "11111111-1111-1111-1111-111111111111." + FakeEntra.TENANT_ID, FakeEntra.TENANT_ID, "user@example.com"));
        }

        /** entra.md, number 45. */
        @Test
        void saysTheSubjectWhereTheServerGivesNoIds() {
            answer = response -> with(response, response.refreshToken(), response.idToken(), null);

            assertThat(Objects.requireNonNull(engine().authenticate(REQUEST).block(LIMIT)).homeAccountId())
                    .isEqualTo("invented-subject-of-" + FakeEntra.CLIENT_ID);
        }

        /** entra.md, number 45. */
        @Test
        void failsWhereTheServerDoesNotSay() {
            answer = response -> with(response, response.refreshToken(), null, null);
            UserEngine engine = engine();

            ClientAuthenticationException error = failure(ClientAuthenticationException.class, engine.authenticate(REQUEST));

            assertThat(error).hasMessageContainingAll("TestCredential", "does not say who");
            get(engine, REQUEST);
            assertThat(signIns).as("but the token is there").hasValue(1);
        }

        @Test
        void asksEvenIfSomebodyIsSignedIn() {
            UserEngine engine = engine();
            AccessToken before = get(engine, REQUEST);

            engine.authenticate(REQUEST).block(LIMIT);

            assertThat(signIns).hasValue(2);
            assertThat(get(engine, REQUEST)).isNotEqualTo(before);
        }

        @Test
        void checksTheRequestAsGetTokenDoes() {
            UserEngine engine = engine(builder().tenantId(FakeEntra.TENANT_ID));

            failure(IllegalArgumentException.class, engine.authenticate(TokenRequestContext.of()));
            failure(ClientAuthenticationException.class, engine.authenticate(REQUEST.withTenantId("another")));
            assertThat(signIns).hasValue(0);
        }

        /** entra.md, number 48. */
        @ParameterizedTest
        @CsvSource({"login.microsoftonline.com, https://management.core.windows.net//.default",
            "login.windows.net, https://management.core.windows.net//.default",
            "login.microsoftonline.us, https://management.core.usgovcloudapi.net//.default",
            "login.chinacloudapi.cn, https://management.core.chinacloudapi.cn//.default"})
        void asksForWhatEachCloudHas(String host, String scope) {
            person = Mono.error(new ClientAuthenticationException("TestCredential: enough."));

            failure(ClientAuthenticationException.class, engine(builder().authorityHost(host)).authenticate());

            assertThat(prompted.get(0).scopes()).containsExactly(scope);
        }

        /** entra.md, number 48. */
        @Test
        void wantsToBeToldTheScopesInAnUnknownCloud() {
            CredentialUnavailableException error = failure(CredentialUnavailableException.class, engine().authenticate());

            assertThat(error).hasMessageContainingAll("TestCredential", "localhost", "scopes");
            assertThat(signIns).hasValue(0);
        }
    }

    @Nested
    class ARecord {

        private final AuthenticationRecord record = AuthenticationRecord.of("login.windows.net", "their-client", "uid.utid",
                "their-tenant", "user@example.com");

        private EntraOptions options(UnaryOperator<Builder> change) {
            return change.apply(new Builder().environment(name -> null).authenticationRecord(record)).userOptions("T").entra();
        }

        @Test
        void namesApplicationAndTenant() {
            assertThat(options(builder -> builder).clientId()).isEqualTo("their-client");
            assertThat(options(builder -> builder.clientId("mine")).clientId()).isEqualTo("their-client");
            assertThat(options(builder -> builder).tenantId()).isEqualTo("their-tenant");
            assertThat(options(builder -> builder.tenantId("mine")).tenantId()).isEqualTo("mine");
        }

        /** entra.md, number 61. */
        @Test
        void neverChangesTheHostThatIsCalledForAnotherNameOfTheSameCloud() {
            assertThat(options(builder -> builder.authorityHost("login.microsoftonline.com")).authority().host())
                    .isEqualTo("login.microsoftonline.com");
            assertThat(options(builder -> builder.authorityHost("login.microsoftonline.us")).authority().host())
                    .isEqualTo("login.windows.net");
        }

        @Test
        void isNotNeeded() {
            EntraOptions options = new Builder().environment(name -> null).userOptions("T").entra();

            assertThat(options.clientId()).isEqualTo("04b07795-8ddb-461a-bbee-02f9e1bf7b46");
            assertThat(options.tenantId()).isEqualTo("organizations");
        }
    }

    @Nested
    class Closed {

        @Test
        void endsThePrompt() {
            person = Mono.never();
            UserEngine engine = engine();
            List<Throwable> errors = new CopyOnWriteArrayList<>();
            engine.getToken(REQUEST).subscribe(token -> { }, errors::add);

            engine.close().block(LIMIT);
            engine.close().block(LIMIT);

            assertThat(cancels).hasValue(1);
            assertThat(errors).singleElement().isInstanceOf(IllegalStateException.class);
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> engine.getToken(REQUEST).block(LIMIT));
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> engine.authenticate(REQUEST).block(LIMIT));
            assertThat(signIns).hasValue(1);
        }
    }

    private static void await(BooleanSupplier condition) {
        Mono.fromSupplier(condition::getAsBoolean).repeatWhen(flux -> flux.delayElements(Duration.ofMillis(5)))
                .filter(met -> met).next().block(LIMIT);
    }
}
