package dev.monocred.internal.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.AuthorizationRequest.Hints;
import dev.monocred.core.oauth.ClientAuthentication;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.browser.BrowserSignIn.Settings;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.Authorities;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeBrowser;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** A sign-in from the opened address to the tokens: entra.md 3.7; checklist 39 to 43, 58. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class BrowserSignInTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final Hints HINTS = new Hints("form_post", "select_account", null, null);

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final FakeBrowser browser = FakeBrowser.of(entra);
    private final SharedRuntime.Lease runtime = SharedRuntime.lease();
    private final EntraEngine engine = new EntraEngine(new EntraEngine.Wiring(runtime, entra.httpClient(), time, time.scheduler(),
            name -> null, null));

    @AfterEach
    void stop() {
        runtime.release();
        entra.close();
    }

    private BrowserSignIn signIn(RedirectUri redirect, Hints hints, Function<URI, Mono<Void>> opener) {
        Application application = new Application("TheCredential", "organizations", FakeEntra.CLIENT_ID);
        Authorities authorities = engine.userAuthorities(Authority.parse(entra.authorityHost()), true);
        AuthenticationProvider none = () -> Mono.just(new AuthenticationProvider.Fixed(new ClientAuthentication.None()));
        return new BrowserSignIn(application, authorities, engine.source(application, authorities, none, request -> Mono.empty()),
                new Settings(redirect, hints, Duration.ofMinutes(5), opener), runtime::io, time.scheduler());
    }

    private BrowserSignIn signIn(Function<URI, Mono<Void>> opener) {
        return signIn(RedirectUri.ANY_PORT, HINTS, opener);
    }

    private static TokenResponse tokens(Mono<TokenResponse> signIn) {
        return Objects.requireNonNull(signIn.block(LIMIT));
    }

    private static ClientAuthenticationException failure(Mono<TokenResponse> signIn) {
        return failure(signIn.toFuture());
    }

    private static ClientAuthenticationException failure(CompletableFuture<TokenResponse> signIn) {
        try {
            throw new AssertionError("it did not fail: " + signIn.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).isInstanceOf(ClientAuthenticationException.class);
            return (ClientAuthenticationException) failed.getCause();
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    private static Map<String, String> parameters(URI address) {
        return Stream.of(address.getRawQuery().split("&")).map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8)));
    }

    /** As if a browser came back with that. */
    private static int bring(URI address, String query) {
        return Objects.requireNonNull(HttpClient.create().get().uri(parameters(address).get("redirect_uri") + "/?" + query).response()
                .map(head -> head.status().code()).block(LIMIT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"form_post", "query"})
    void aPersonSignsInAndTheApplicationGetsTokens(String mode) {
        browser.signsInAs("someone@example.com");

        TokenResponse response = tokens(signIn(RedirectUri.ANY_PORT, new Hints(mode, "select_account", null, null), browser)
                .signIn(REQUEST));

        assertThat(response.refreshToken()).isNotBlank();
        assertThat(browser.awaitPages(1)).singleElement().satisfies(page -> {
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.html()).contains("You are signed in");
            assertThat(page.headers()).containsEntry("cache-control", "no-store");
        });
        assertThat(entra.requests()).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/organizations/oauth2/v2.0/token");
            assertThat(request.form()).containsOnlyKeys("client_id", "grant_type", "code", "redirect_uri", "code_verifier", "scope",
                    "client_info").containsEntry("grant_type", "authorization_code").containsEntry("client_info", "1")
                    .containsEntry("scope", "https://vault.azure.net/.default openid profile offline_access");
            assertThat(request.field("redirect_uri")).matches("http://localhost:\\d+");
        });
    }

    @Test
    void theAddressIsThatOfTheRequest() {
        String claims = "{\"access_token\":{\"nbf\":{\"essential\":true}}}";
        tokens(signIn(RedirectUri.ANY_PORT, new Hints("query", null, "a&b@example.com", "example.com"), browser).signIn(
                REQUEST.withTenantId(FakeEntra.TENANT_ID).withClaims(claims).withCaeEnabled(true)));

        URI address = browser.opened().get(0);
        assertThat(address.getRawPath()).isEqualTo("/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/authorize");
        assertThat(parameters(address)).containsEntry("login_hint", "a&b@example.com").containsEntry("domain_hint", "example.com")
                .doesNotContainKey("prompt").containsEntry("claims", "{\"access_token\":{\"nbf\":{\"essential\":true},"
                        + "\"xms_cc\":{\"values\":[\"CP1\"]}}}");
        assertThat(entra.requests()).singleElement().extracting(RecordedTokenRequest::tenant).isEqualTo(FakeEntra.TENANT_ID);
        assertThat(entra.requests().get(0).field("claims")).isEqualTo(parameters(address).get("claims"));
    }

    @Test
    void noTwoSignInsHaveAnythingInCommon() {
        tokens(signIn(browser).signIn(REQUEST));
        tokens(signIn(browser).signIn(REQUEST));

        for (String secret : new String[] {"state", "nonce", "code_challenge"}) {
            assertThat(browser.opened()).extracting(address -> parameters(address).get(secret)).as(secret)
                    .doesNotHaveDuplicates().allMatch(text -> text.matches("[A-Za-z0-9_-]{43}"));
        }
    }

    @Test
    void nothingIsOpenedBeforeSubscription() {
        Mono<TokenResponse> unused = signIn(browser).signIn(REQUEST);
        assertThat(unused).isNotNull();
        assertThat(browser.opened()).isEmpty();
    }

    @Test
    void whoCancelsIsToldAndSoIsTheApplication() {
        browser.cancels();

        ClientAuthenticationException failure = failure(signIn(browser).signIn(REQUEST));

        assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("TheCredential: Microsoft Entra refused the request with access_denied (AADSTS65004): User"
                        + " declined to consent to access the app. The person cancelled or declined")
                .hasMessageContaining("Correlation id: ");
        assertThat(Objects.requireNonNull(failure.entraError()).error()).isEqualTo("access_denied");
        assertThat(Objects.requireNonNull(failure.entraError()).suberror()).isEqualTo("cancel");
        assertThat(browser.awaitPages(1)).singleElement().satisfies(page -> {
            assertThat(page.status()).isEqualTo(403);
            assertThat(page.html()).contains("You did not sign in", "AADSTS65004");
        });
        assertThat(entra.tokenRequests()).isZero();
    }

    @Test
    void whatTheAuthorityRefusesReachesThePageAsTextOnly() {
        entra.refusesNextSignIn("interaction_required", 50158, "<img src=x onerror=alert(1)>");

        assertThat(failure(signIn(browser).signIn(REQUEST))).hasMessageContaining("interaction_required");

        assertThat(browser.awaitPages(1).get(0).html()).contains("One more step is needed", "&lt;img").doesNotContain("<img");
    }

    @Test
    void aCodeThatIsRefusedIsNotCalledASuccess() {
        entra.next(FakeAnswer.refuses("invalid_grant", 54005, "It was redeemed before."));

        assertThat(failure(signIn(browser).signIn(REQUEST))).hasMessageContaining("AADSTS54005");

        assertThat(browser.awaitPages(1)).singleElement().satisfies(page -> {
            assertThat(page.status()).isEqualTo(502);
            assertThat(page.html()).contains("something went wrong after that", "invalid_grant");
        });
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    /** N-9: checklist 38. */
    @Test
    void aCodeWhoseAnswerIsLostIsNotRedeemedAgain() {
        entra.next(FakeAnswer.disconnects());

        assertThat(failure(signIn(browser).signIn(REQUEST)).isTransient()).isTrue();
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void anIdTokenOfAnotherSignInIsRefused() {
        ClientAuthenticationException failure = failure(signIn(address -> browser.apply(URI.create(
                address.toString().replaceFirst("nonce=[^&]*", "nonce=planted")))).signIn(REQUEST));

        assertThat(failure).hasMessageContaining("nonce");
        assertThat(browser.awaitPages(1).get(0).html()).contains("something went wrong after that");
    }

    @Test
    void anotherCodeVerifierIsRefusedByTheAuthority() {
        assertThat(failure(signIn(address -> browser.apply(URI.create(address.toString().replaceFirst("code_challenge=[^&]*",
                "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")))).signIn(REQUEST))).hasMessageContaining("AADSTS501481");
    }

    @Test
    void anAnswerWithNeitherCodeNorErrorIsAnError() {
        CompletableFuture<TokenResponse> waiting = signIn(browser.doesNothing()).signIn(REQUEST).toFuture();
        URI address = browser.awaitOpened(1).get(0);

        assertThat(bring(address, "state=" + URLEncoder.encode(parameters(address).get("state"), UTF_8))).isEqualTo(502);

        assertThat(failure(waiting)).hasMessageContaining("neither a code nor an error");
    }

    @Test
    void aWrongStateIsPassedOver() {
        CompletableFuture<TokenResponse> waiting = signIn(browser.doesNothing()).signIn(REQUEST).toFuture();
        URI address = browser.awaitOpened(1).get(0);

        assertThat(bring(address, "code=theirs&state=theirs")).isEqualTo(400);
        assertThat(bring(address, "error=access_denied&state=")).isEqualTo(400);

        assertThat(waiting).isNotDone();
        browser.signsInAs("user@example.com").apply(address).block(LIMIT);
        assertThat(waiting.orTimeout(20, TimeUnit.SECONDS).join().accessToken().token()).isNotBlank();
    }

    @Test
    void nobodySignsIn() {
        CompletableFuture<TokenResponse> waiting = signIn(browser.doesNothing()).signIn(REQUEST).toFuture();
        URI address = browser.awaitOpened(1).get(0);
        time.advance(Duration.ofSeconds(299));
        assertThat(waiting).isNotDone();

        time.advance(Duration.ofSeconds(1));

        assertThat(failure(waiting)).hasMessage("TheCredential: nobody signed in within 300 s. Ask for the token again to get"
                + " another window.").isNotInstanceOf(CredentialUnavailableException.class);
        assertIsFree(address);
    }

    @Test
    void cancellingStopsAtOnceAndFreesThePort() {
        Disposable waiting = signIn(browser.doesNothing()).signIn(REQUEST).subscribe();
        URI address = browser.awaitOpened(1).get(0);

        waiting.dispose();

        assertIsFree(address);
        assertThat(entra.tokenRequests()).isZero();
    }

    /** Before, while and after the port is bound: the binding runs on an event loop, the leaving here. */
    @Test
    void leavingAtAnyMomentLeavesNoPortBehind() throws IOException {
        int port;
        try (ServerSocket found = new ServerSocket(0, 1, RedirectUri.ANY_PORT.address())) {
            port = found.getLocalPort();
        }
        BrowserSignIn signIn = signIn(RedirectUri.parse("http://localhost:" + port), HINTS, browser.doesNothing());
        for (int i = 0; i < 200; i++) {
            Disposable waiting = signIn.signIn(REQUEST).subscribe();
            LockSupport.parkNanos(i * 20_000L);
            waiting.dispose();
            assertIsFree(port);
        }
        assertThat(browser.opened()).as("some left early and some late").hasSizeBetween(1, 199);
    }

    @Test
    void whoSignsInForNobodyIsTold() {
        entra.holds();
        Disposable waiting = signIn(browser).signIn(REQUEST).subscribe();
        entra.awaitTokenRequests(1);

        waiting.dispose();

        assertThat(browser.awaitPages(1)).singleElement().satisfies(page -> assertThat(page.html())
                .contains("The application stopped waiting"));
    }

    private static void assertIsFree(URI address) {
        assertIsFree(URI.create(parameters(address).get("redirect_uri")).getPort());
    }

    private static void assertIsFree(int port) {
        long start = System.nanoTime();
        while (true) {
            try (ServerSocket mine = new ServerSocket(port, 1, RedirectUri.ANY_PORT.address())) {
                assertThat(mine.isBound()).isTrue();
                return;
            } catch (IOException notYet) {
                // An event loop closes it; only a port that is never freed takes so long.
                assertThat(System.nanoTime() - start).as("port " + port + " is still taken").isLessThan(LIMIT.toNanos());
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsSaidBeforeAnythingIsOpened() throws IOException {
        try (ServerSocket theirs = new ServerSocket(0, 1, RedirectUri.ANY_PORT.address())) {
            RedirectUri taken = RedirectUri.parse("http://localhost:" + theirs.getLocalPort());

            assertThat(failure(signIn(taken, HINTS, browser).signIn(REQUEST))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessage("TheCredential is unavailable: port " + theirs.getLocalPort() + " of its redirectUri cannot be"
                            + " listened on, as somebody else has it. Free it, or register http://localhost and set no redirectUri.");
        }
        assertThat(browser.opened()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1:PORT", "http://localhost:PORT/back", "http://[::1]:PORT/"})
    void aRedirectUriIsUsedAsItIs(String given) throws IOException {
        int free;
        try (ServerSocket found = new ServerSocket(0, 1, RedirectUri.parse(given.replace("PORT", "1")).address())) {
            free = found.getLocalPort();
        } catch (BindException noSuchAddress) {
            abort("this machine has no IPv6");
            return;
        }
        String redirect = given.replace("PORT", String.valueOf(free));

        tokens(signIn(RedirectUri.parse(redirect), HINTS, browser).signIn(REQUEST));

        assertThat(parameters(browser.opened().get(0))).containsEntry("redirect_uri", redirect);
        assertThat(entra.requests().get(0).field("redirect_uri")).isEqualTo(redirect);
        assertThat(browser.awaitPages(1).get(0).status()).isEqualTo(200);
    }

    @Test
    void aBrowserThatCannotBeOpenedMakesItUnavailable() {
        AtomicReference<@Nullable URI> asked = new AtomicReference<>();
        ClientAuthenticationException failure = failure(signIn(address -> {
            asked.set(address);
            throw new IllegalStateException("planted");
        }).signIn(REQUEST));

        assertThat(failure).isInstanceOf(CredentialUnavailableException.class).hasCauseInstanceOf(IllegalStateException.class)
                .hasMessage("TheCredential is unavailable: the application's openBrowser failed with IllegalStateException. Check that"
                        + " it opens the address it gets.");
        assertIsFree(Objects.requireNonNull(asked.get()));
    }

    @Test
    void anOpenerThatNeverCompletesDoesNoHarm() {
        assertThat(tokens(signIn(address -> browser.apply(address).then(Mono.never())).signIn(REQUEST)).accessToken().token())
                .isNotBlank();
    }

    @Test
    void malformedClaimsOpenNothing() {
        assertThat(failure(signIn(browser).signIn(REQUEST.withClaims("[1]")))).hasMessageContaining("claims");
        assertThat(browser.opened()).isEmpty();
    }

    @Test
    void theTypedErrorOfARefusalHasNoStatus() {
        entra.refusesNextSignIn("server_error", 90033, "Busy.");
        ClientAuthenticationException failure = failure(signIn(browser).signIn(REQUEST));
        EntraError error = Objects.requireNonNull(failure.entraError());
        assertThat(error.httpStatus()).isZero();
        assertThat(error.errorCodes()).containsExactly(90033L);
        assertThat(failure.isTransient()).isTrue();
        assertThat(browser.awaitPages(1).get(0).html()).contains("The sign-in service is busy");
    }
}
