package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.ToolScript.nothing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenCacheStore;
import dev.monocred.testing.FakeBrowser;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** entra.md 3.7 and 3.10; checklist 39 to 43, 47, 58. The flow itself is in {@code BrowserSignInTest}. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class InteractiveBrowserCredentialTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final TokenRequestContext OTHER = TokenRequestContext.of("https://storage.azure.com/.default");

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final FakeBrowser browser = FakeBrowser.of(entra);
    private final List<InteractiveBrowserCredential> opened = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(credential -> credential.close().block());
        entra.close();
    }

    private InteractiveBrowserCredential.Builder builder() {
        return InteractiveBrowserCredential.builder().clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost())
                .httpClient(entra.httpClient()).environment(name -> null).timeSource(time).scheduler(time.scheduler())
                .openBrowser(browser);
    }

    private InteractiveBrowserCredential credential(InteractiveBrowserCredential.Builder builder) {
        InteractiveBrowserCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    private static <T> T value(CompletableFuture<T> future) {
        return future.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
        try {
            throw new AssertionError("it did not fail: " + future.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).isInstanceOf(type);
            return type.cast(failed.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    private static Map<String, String> parameters(URI address) {
        return Stream.of(address.getRawQuery().split("&")).map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8)));
    }

    private static void assertIsFree(URI address) {
        int port = URI.create(parameters(address).get("redirect_uri")).getPort();
        long start = System.nanoTime();
        while (true) {
            try (ServerSocket mine = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(mine.isBound()).isTrue();
                return;
            } catch (IOException notYet) {
                // An event loop closes it; only a port that is never freed takes so long.
                assertThat(System.nanoTime() - start).as("port " + port + " is still taken").isLessThan(20_000_000_000L);
                Thread.onSpinWait();
            }
        }
    }

    @Nested
    class WhenItIsBuilt {

        @Test
        void nothingIsRequiredAndTheDefaultsAreThoseOfTheOtherSdks() {
            InteractiveBrowserCredential credential = credential(InteractiveBrowserCredential.builder()
                    .httpClient(entra.httpClient()).environment(name -> null).openBrowser(browser.doesNothing()));

            CompletableFuture<AccessToken> waiting = credential.getToken(REQUEST).toFuture();
            URI address = browser.awaitOpened(1).get(0);
            waiting.cancel(true);

            assertThat(address.toString()).startsWith("https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?");
            assertThat(parameters(address)).containsEntry("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46")
                    .containsEntry("prompt", "select_account").containsEntry("response_mode", "form_post")
                    .doesNotContainKeys("login_hint", "domain_hint", "claims")
                    .hasEntrySatisfying("redirect_uri", uri -> assertThat(uri).matches("http://localhost:\\d+"));
        }

        @Test
        void everythingThatIsSetReachesThePage() {
            InteractiveBrowserCredential credential = credential(builder().tenantId(FakeEntra.TENANT_ID).prompt("login")
                    .loginHint("someone@example.com").domainHint("example.com").responseMode("query")
                    .redirectUri("http://127.0.0.1:0/back"));

            value(credential.getToken(REQUEST).toFuture());

            assertThat(browser.opened().get(0).getRawPath()).startsWith("/" + FakeEntra.TENANT_ID + "/");
            assertThat(parameters(browser.opened().get(0))).containsEntry("prompt", "login").containsEntry("response_mode", "query")
                    .containsEntry("login_hint", "someone@example.com").containsEntry("domain_hint", "example.com")
                    .hasEntrySatisfying("redirect_uri", uri -> assertThat(uri).matches("http://127\\.0\\.0\\.1:\\d+/back"));
        }

        @Test
        void aPromptCanBeLeftOut() {
            value(credential(builder().prompt("")).getToken(REQUEST).toFuture());
            assertThat(parameters(browser.opened().get(0))).doesNotContainKey("prompt");
        }

        @ParameterizedTest
        @ValueSource(strings = {"https://localhost:8400", "http://example.com:8400", "http://localhost"})
        void aRedirectUriThatCannotBeListenedOnIsRefusedAtOnce(String redirectUri) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().redirectUri(redirectUri))
                    .withMessageContaining(redirectUri);
        }

        @Test
        void malformedValuesAreRefusedAtOnce() {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().timeout(Duration.ZERO)).withMessageContaining("PT0S");
            assertThatIllegalArgumentException().isThrownBy(() -> builder().timeout(Duration.ofSeconds(-1)));
            assertThatIllegalArgumentException().isThrownBy(() -> builder().responseMode("fragment"))
                    .withMessage("responseMode must be form_post or query but is 'fragment'");
            assertThatIllegalArgumentException().isThrownBy(() -> builder().tenantId("a/b"));
        }

        @Test
        void itDoesNotSeeLaterChangesOfItsBuilder() {
            InteractiveBrowserCredential.Builder builder = builder();
            InteractiveBrowserCredential credential = credential(builder);
            builder.prompt("consent").loginHint("later@example.com").timeout(Duration.ofSeconds(1)).responseMode("query")
                    .openBrowser(address -> {
                        throw new AssertionError("the later one");
                    });

            value(credential.getToken(REQUEST).toFuture());

            assertThat(parameters(browser.opened().get(0))).containsEntry("prompt", "select_account")
                    .containsEntry("response_mode", "form_post").doesNotContainKey("login_hint");
        }
    }

    @Nested
    class AWindow {

        /** Checklist 42. */
        @Test
        void isOpenedOnceForAThousandWhoWantTheSame() {
            browser.doesNothing();
            InteractiveBrowserCredential credential = credential(builder());
            List<CompletableFuture<AccessToken>> waiting =
                    IntStream.range(0, 1_000).mapToObj(i -> credential.getToken(REQUEST).toFuture()).toList();

            browser.signsInAs("user@example.com").apply(browser.awaitOpened(1).get(0)).block();

            AccessToken token = value(waiting.get(0));
            assertThat(waiting).allSatisfy(each -> assertThat(value(each)).isEqualTo(token));
            assertThat(browser.opened()).as("ours, and the one of this test").hasSize(2);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void servesThoseWhoWantSomethingElseToo() {
            InteractiveBrowserCredential credential = credential(builder());
            CompletableFuture<AccessToken> one = credential.getToken(REQUEST).toFuture();
            CompletableFuture<AccessToken> other = credential.getToken(OTHER).toFuture();

            assertThat(value(one)).isNotEqualTo(value(other));
            assertThat(browser.opened()).hasSize(1);
            assertThat(entra.requests()).extracting(request -> request.field("grant_type"))
                    .containsExactly("authorization_code", "refresh_token");
        }

        @Test
        void isNotNeededWhileARefreshTokenIsGood() {
            InteractiveBrowserCredential credential = credential(builder());
            AccessToken first = value(credential.getToken(REQUEST).toFuture());
            time.advance(Duration.ofHours(2));

            assertThat(value(credential.getToken(REQUEST).toFuture())).isNotEqualTo(first);
            assertThat(browser.opened()).hasSize(1);
        }

        @Test
        void isOpenedAgainWithTheClaimsWhenTheRefreshTokenIsRefused() {
            InteractiveBrowserCredential credential = credential(builder());
            value(credential.getToken(REQUEST).toFuture());
            time.advance(Duration.ofHours(2));
            entra.next(refuses("interaction_required", 50076, "Another factor is needed.",
                    Map.of("claims", "{\"access_token\":{\"acrs\":{\"value\":\"c1\"}}}")));

            value(credential.getToken(REQUEST).toFuture());

            assertThat(browser.opened()).hasSize(2);
            assertThat(parameters(browser.opened().get(1))).containsEntry("claims", "{\"access_token\":{\"acrs\":{\"value\":\"c1\"}}}");
        }

        @Test
        void staysOpenForTheOthersWhenOneLeavesAndGoesWithTheLast() {
            InteractiveBrowserCredential credential = credential(builder());
            browser.doesNothing();
            CompletableFuture<AccessToken> one = credential.getToken(REQUEST).toFuture();
            URI address = browser.awaitOpened(1).get(0);
            CompletableFuture<AccessToken> other = credential.getToken(REQUEST).toFuture();

            one.cancel(true);
            browser.apply(address).block(); // somebody listens still
            other.cancel(true);

            assertIsFree(address);
            browser.signsInAs("user@example.com");
            assertThat(value(credential.getToken(REQUEST).toFuture()).token()).as("the next one gets another").isNotBlank();
        }

        @Test
        void isClosedWithTheCredential() {
            InteractiveBrowserCredential credential = credential(builder());
            browser.doesNothing();
            CompletableFuture<AccessToken> waiting = credential.getToken(REQUEST).toFuture();
            URI address = browser.awaitOpened(1).get(0);

            credential.close().block();

            failure(IllegalStateException.class, waiting);
            assertIsFree(address);
        }

        @Test
        void thatNobodyUsesIsClosedAfterTheTimeout() {
            browser.doesNothing();
            InteractiveBrowserCredential patient = credential(builder().timeout(Duration.ofMinutes(1)));
            CompletableFuture<AccessToken> late = patient.getToken(REQUEST).toFuture();
            URI address = browser.awaitOpened(1).get(0);
            time.advance(Duration.ofSeconds(59));
            assertThat(late).isNotDone();
            time.advance(Duration.ofSeconds(1));

            assertThat(failure(ClientAuthenticationException.class, late))
                    .hasMessageStartingWith("InteractiveBrowserCredential: nobody signed in within 60 s.");
            assertIsFree(address);
        }

        @Test
        void isNotOpenedForARequestThatIsMalformedOrForbidden() {
            InteractiveBrowserCredential credential = credential(builder().tenantId(FakeEntra.TENANT_ID));
            failure(IllegalArgumentException.class, credential.getToken().toFuture());
            failure(ClientAuthenticationException.class, credential.getToken(REQUEST.withTenantId("other.example.com")).toFuture());
            failure(IllegalArgumentException.class, credential.authenticate(TokenRequestContext.of(" ")).toFuture());
            failure(ClientAuthenticationException.class, credential.getToken(REQUEST.withClaims("{")).toFuture());
            assertThat(browser.opened()).isEmpty();
        }

        @Test
        void ofAPersonWhoDeclinesCanBeOpenedAgainAtOnce() {
            InteractiveBrowserCredential credential = credential(builder());
            browser.cancels();
            ClientAuthenticationException declined =
                    failure(ClientAuthenticationException.class, credential.getToken(REQUEST).toFuture());
            assertThat(declined).hasMessageStartingWith("InteractiveBrowserCredential: ").hasMessageContaining("access_denied");
            browser.signsInAs("user@example.com");

            assertThat(value(credential.getToken(REQUEST).toFuture()).token()).isNotBlank();
        }
    }

    @Nested
    class APerson {

        @Test
        void isRememberedByARecordWhichIsHintedAtNextTime() {
            InteractiveBrowserCredential first = credential(builder());
            browser.signsInAs("someone@example.com");
            AuthenticationRecord record = value(first.authenticate(REQUEST).toFuture());
            assertThat(record.username()).isEqualTo("someone@example.com");
            assertThat(value(first.getToken(REQUEST).toFuture()).token()).isNotBlank();
            assertThat(browser.opened()).as("and tokens come without a window").hasSize(1);

            InteractiveBrowserCredential next = credential(builder().authenticationRecord(AuthenticationRecord.deserialize(
                    record.serialize())));
            value(next.getToken(REQUEST).toFuture());

            assertThat(parameters(browser.opened().get(1))).containsEntry("login_hint", "someone@example.com")
                    .containsEntry("client_id", FakeEntra.CLIENT_ID);
        }

        /** A record alone knows who; with a cache that is kept, the next program has the refresh token too. */
        @Test
        void isNotAskedAgainByTheNextProgramThatKeepsItsTokens() {
            Map<String, byte[]> kept = new ConcurrentHashMap<>();
            TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().store(name -> new TokenCacheStore() {
                @Override
                public Mono<byte[]> read() {
                    return Mono.justOrEmpty(kept.get(name));
                }

                @Override
                public Mono<Void> write(byte[] changed) {
                    return Mono.fromRunnable(() -> kept.put(name, changed));
                }
            }).build();
            AuthenticationRecord record =
                    value(credential(builder().tokenCachePersistence(options)).authenticate(REQUEST).toFuture());

            InteractiveBrowserCredential next = credential(builder().tokenCachePersistence(options).authenticationRecord(record));

            assertThat(value(next.getToken(OTHER).toFuture()).token()).isNotBlank();
            assertThat(browser.opened()).hasSize(1);
            assertThat(entra.requests().get(1).field("grant_type")).isEqualTo("refresh_token");
        }

        @Test
        void isNeverAskedUnlessToldSoWhenAutomaticAuthenticationIsDisabled() {
            InteractiveBrowserCredential credential = credential(builder().disableAutomaticAuthentication(true));
            String claims = "{\"access_token\":{\"acrs\":{\"value\":\"c1\"}}}";

            AuthenticationRequiredException required = failure(AuthenticationRequiredException.class,
                    credential.getToken(REQUEST.withClaims(claims)).toFuture());

            assertThat(required.scopes()).isEqualTo(REQUEST.scopes());
            assertThat(required.claims()).isEqualTo(claims);
            assertThat(required).hasMessageContaining("authenticate()");
            assertThat(browser.opened()).isEmpty();
            value(credential.authenticate(REQUEST).toFuture());
            assertThat(value(credential.getToken(OTHER).toFuture()).token()).isNotBlank();
            assertThat(browser.opened()).hasSize(1);
        }

        @Test
        void isAskedForTheCloudsOwnScopeWhenNoneIsNamed() {
            assertThat(failure(CredentialUnavailableException.class, credential(builder()).authenticate().toFuture()))
                    .hasMessageContaining("localhost");
            InteractiveBrowserCredential credential = credential(builder().authorityHost("login.microsoftonline.com"));
            browser.doesNothing();
            CompletableFuture<AuthenticationRecord> waiting = credential.authenticate().toFuture();
            URI address = browser.awaitOpened(1).get(0);
            waiting.cancel(true);

            assertThat(parameters(address).get("scope"))
                    .isEqualTo("https://management.core.windows.net//.default openid profile offline_access");
        }
    }

    @Nested
    class TheSystemsOwnBrowser {

        @Test
        void isOpenedByTheSystemsCommand() {
            try (FakeTool command = FakeTool.named("xdg-open")) {
                InteractiveBrowserCredential credential = credential(InteractiveBrowserCredential.builder()
                        .clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                        .environment(name -> name.equals("DISPLAY") ? ":99" : command.environment().apply(name)));
                CompletableFuture<AccessToken> waiting = credential.getToken(REQUEST).toFuture();

                String address = command.awaitRuns(1).runs().get(0).arguments().get(0);
                browser.apply(URI.create(address)).block();

                assertThat(value(waiting).token()).isNotBlank();
                assertThat(browser.awaitPages(1).get(0).status()).isEqualTo(200);
            }
        }

        @Test
        void thatFailsMakesTheCredentialUnavailable() {
            try (FakeTool command = FakeTool.named("xdg-open")) {
                command.does(nothing().exits(3));
                InteractiveBrowserCredential credential = credential(InteractiveBrowserCredential.builder()
                        .clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                        .environment(name -> name.equals("DISPLAY") ? ":99" : command.environment().apply(name)));

                assertThat(failure(CredentialUnavailableException.class, credential.getToken(REQUEST).toFuture()))
                        .hasMessageStartingWith("InteractiveBrowserCredential").hasMessageContaining("status 3");
            }
        }

        @Test
        void isNotLookedForWithoutADesktop() {
            InteractiveBrowserCredential credential = credential(InteractiveBrowserCredential.builder()
                    .clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                    .environment(name -> null));

            assertThat(failure(CredentialUnavailableException.class, credential.getToken(REQUEST).toFuture()))
                    .hasMessageContaining("no desktop").hasMessageContaining("DeviceCodeCredential");
        }
    }

    @Test
    void theTenantOfTheRequestIsAsked() {
        String other = "44444444-4444-4444-4444-444444444444";
        entra.registers(other, FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);

        value(credential(builder()).getToken(REQUEST.withTenantId(other)).toFuture());

        assertThat(browser.opened().get(0).getRawPath()).startsWith("/" + other + "/");
        assertThat(entra.requests()).extracting(RecordedTokenRequest::tenant).containsExactly(other);
        assertThat(Objects.requireNonNull(entra.requests().get(0).field("scope"))).startsWith("https://vault.azure.net/.default");
    }
}
