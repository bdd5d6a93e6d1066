package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The authorize page, and the fake browser that walks through it, before an application that writes down what it gets. */
class AuthorizePageTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** The vector of RFC 7636, appendix B. */
    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private final FakeEntra entra = FakeEntra.start();
    private final FakeBrowser browser = FakeBrowser.of(entra);
    private final List<String> brought = new CopyOnWriteArrayList<>();
    private final DisposableServer application = HttpServer.create().host("127.0.0.1").port(0)
            .handle((request, response) -> request.receive().aggregate().asString().defaultIfEmpty(request.uri())
                    .doOnNext(brought::add)
                    .then(response.sendString(Mono.just("<h1>It is there</h1>")).then()))
            .bindNow(LIMIT);

    @AfterEach
    void close() {
        application.disposeNow(LIMIT);
        entra.close();
    }

    private Map<String, String> question() {
        return new LinkedHashMap<>(Map.of("client_id", FakeEntra.CLIENT_ID, "response_type", "code",
                "redirect_uri", "http://127.0.0.1:" + application.port(), "scope", "openid a&b", "state", "<s&t>", "nonce", "n",
                "code_challenge", CHALLENGE, "code_challenge_method", "S256"));
    }

    private FakeBrowser.Page page(Map<String, String> question) {
        URI address = URI.create(entra.authorityHost() + "/organizations/oauth2/v2.0/authorize?" + Client.encode(question));
        browser.apply(address).block(LIMIT);
        assertThat(browser.opened()).containsExactly(address);
        return browser.awaitPages(1).get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"query", "form_post"})
    void aPersonIsSentBackWithACodeAndTheStateAndMore(String mode) {
        Map<String, String> question = question();
        question.put("response_mode", mode);

        assertThat(page(question).html()).contains("It is there");

        assertThat(brought).singleElement().asString().matches("(/\\?)?(.*&)?code=invented-code-[^&]+(&.*)?").contains("iss=")
                .contains("state=%3Cs%26t%3E").contains("session_state=");
        assertThat(brought.get(0).startsWith("/?")).isEqualTo(mode.equals("query"));
        assertThat(entra.signInPages()).hasSize(1);
    }

    @Test
    void whoCancelsIsSentBackWithARefusal() {
        browser.cancels();
        page(question());
        assertThat(brought).singleElement().asString().contains("error=access_denied", "error_subcode=cancel", "AADSTS65004",
                "state=").doesNotContain("code=invented");
    }

    @Test
    void aScriptedRefusalCountsOnce() {
        entra.refusesNextSignIn("interaction_required", 50076, "Use another factor.");
        page(question());
        browser.apply(browser.opened().get(0)).block(LIMIT);
        browser.awaitPages(2);
        assertThat(brought.get(0)).contains("error=interaction_required", "AADSTS50076", "Use+another+factor.");
        assertThat(brought.get(1)).contains("code=invented");
    }

    @Test
    void nothingHappensWhilePeopleDoNothing() {
        browser.doesNothing().apply(URI.create(entra.authorityHost() + "/organizations/oauth2/v2.0/authorize")).block(LIMIT);
        assertThat(browser.awaitOpened(1)).hasSize(1);
        assertThat(brought).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"client_id, unknown, AADSTS700016", "redirect_uri, https://evil.example, AADSTS50011", "redirect_uri, '', AADSTS50011"})
    void nobodyIsSentAnywhereForAnApplicationOrAnAddressThatIsNotRegistered(String name, String value, String code) {
        Map<String, String> question = question();
        question.put(name, value);
        FakeBrowser.Page page = page(question);
        assertThat(page.status()).isEqualTo(400);
        assertThat(page.html()).contains(code, "Sign-in is not possible");
        assertThat(brought).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"scope, '', AADSTS900144", "state, '', AADSTS900144", "nonce, '', AADSTS900144", "code_challenge, '', AADSTS900144",
        "code_challenge, tooshort, AADSTS501491", "code_challenge_method, plain, AADSTS501491", "response_type, token, AADSTS700054",
        "response_mode, fragment, AADSTS900144"})
    void anApplicationIsToldWhatIsWrongWithItsQuestion(String name, String value, String code) {
        Map<String, String> question = question();
        question.put(name, value);
        page(question);
        assertThat(brought).singleElement().asString().contains("error=", code);
    }

    @Test
    void whatStandsInTheAddressIsTextOnThePage() {
        Map<String, String> question = question();
        question.put("login_hint", "\"><script>alert(1)</script>");
        String html = Objects.requireNonNull(entra.httpClient().get().uri(entra.authorityHost()
                + "/common/oauth2/v2.0/authorize?" + Client.encode(question)).responseContent().aggregate().asString().block(LIMIT));
        assertThat(html).contains("<h1>Sign in</h1>", "a&amp;b", "&lt;s&amp;t&gt;").doesNotContain("<script");
    }

    @Test
    void anAddressThatDoesNotAnswerIsAPageToo() {
        browser.apply(URI.create("http://127.0.0.1:1/")).block(LIMIT);
        assertThat(browser.awaitPages(1).get(0).status()).isZero();
        assertThat(browser.toString()).isEqualTo("FakeBrowser[opened=1, pages=1]");
    }
}
