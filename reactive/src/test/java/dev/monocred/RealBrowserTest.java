package dev.monocred;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real Chromium from the authorize page to the page that a person sees last. The pictures are kept in
 * {@code target/screenshots}: look at them after a change of the pages.
 */
@Tag("real")
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings({"NullAway", "NullAway.Init"})
class RealBrowserTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final Path PICTURES = Path.of("target", "screenshots");
    /** The least that WCAG 2.2, AA, wants of text. */
    private static final double LEAST_CONTRAST = 4.5;

    private final FakeEntra entra = FakeEntra.start();
    private Chromium chromium;
    private InteractiveBrowserCredential credential;

    @BeforeEach
    void start() throws IOException {
        Path program = Chromium.find();
        assumeTrue(program != null, "Chromium is not installed here: on Debian, apt-get install --no-install-recommends chromium");
        chromium = Chromium.start(requireNonNull(program));
    }

    @AfterEach
    void stop() throws IOException {
        if (credential != null) {
            credential.close().block();
        }
        if (chromium != null) {
            chromium.close();
        }
        entra.close();
    }

    private CompletableFuture<AccessToken> open(String mode) {
        credential = InteractiveBrowserCredential.builder().clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost())
                .httpClient(entra.httpClient()).environment(name -> null).responseMode(mode).loginHint("someone@example.com")
                .openBrowser(address -> chromium.open(address.toString())).build();
        CompletableFuture<AccessToken> token = credential.getToken(SCOPE).toFuture();
        chromium.awaitHeading("Sign in");
        assertThat(chromium.evaluate("document.querySelector('[name=username]').value")).isEqualTo("someone@example.com");
        return token;
    }

    private static AccessToken value(CompletableFuture<AccessToken> token) {
        return token.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"form_post", "query"})
    void whoSignsInSeesThatItWorked(String mode) throws IOException {
        CompletableFuture<AccessToken> token = open(mode);
        chromium.screenshot(PICTURES.resolve("sign-in-" + mode + ".png"));

        chromium.click("[value=sign-in]");
        chromium.awaitHeading("You are signed in");

        assertThat(value(token).token()).isNotBlank();
        assertThat(chromium.evaluate("document.title")).isEqualTo("You are signed in");
        assertThat(chromium.evaluate("location.href.includes('code=')")).as("a code in the address bar")
                .isEqualTo(String.valueOf(mode.equals("query")));
        keepPictures("signed-in-" + mode);
        assertIsGoodPage();
    }

    @Test
    void whoCancelsSeesThatNothingHappened() throws IOException {
        CompletableFuture<AccessToken> token = open("form_post");

        chromium.click("[value=cancel]");
        chromium.awaitHeading("You did not sign in");

        assertThat(token.orTimeout(60, TimeUnit.SECONDS)).failsWithin(Duration.ofMinutes(1))
                .withThrowableThat().withCauseInstanceOf(ClientAuthenticationException.class).withMessageContaining("access_denied");
        keepPictures("declined");
        chromium.click("summary");
        assertThat(chromium.evaluate("document.querySelector('details').open")).as("without a script").isEqualTo("true");
        keepPictures("declined-details");
        assertIsGoodPage();
    }

    @Test
    void whatTheAuthorityWritesIsTextInEveryBrowser() throws IOException {
        entra.refusesNextSignIn("invalid_resource", 500011, "<script>document.title='broken'</script><img src=//x.example onerror=alert(1)>");
        CompletableFuture<AccessToken> token = open("form_post");

        chromium.click("[value=sign-in]");
        chromium.awaitHeading("The sign-in was refused");

        assertThat(token).failsWithin(Duration.ofMinutes(1));
        chromium.click("summary");
        keepPictures("refused-details");
        assertThat(chromium.evaluate("document.querySelectorAll('script,img').length")).isEqualTo("0");
        assertThat(chromium.evaluate("document.querySelector('dl').innerText")).contains("<script>document.title='broken'</script>");
        assertIsGoodPage();
    }

    @Test
    void aPageOfAnEarlierSignInDoesNotDisturbTheOneUnderWay() throws IOException {
        CompletableFuture<AccessToken> token = open("query");
        String page = chromium.evaluate("location.href");
        String redirect = chromium.evaluate("new URL(location.href).searchParams.get('redirect_uri')");

        chromium.open(redirect + "/?code=old&state=old").block();
        chromium.awaitHeading("This is not the sign-in under way");
        keepPictures("another-sign-in");
        assertIsGoodPage();
        assertThat(token).isNotDone();
        // A page of another origin: it can neither read the answer nor end the waiting.
        chromium.open(page).block();
        chromium.awaitHeading("Sign in");
        assertThat(chromium.evaluate("fetch('" + redirect + "/?code=stolen&state=guessed').catch(() => {}) && 'sent'")).isEqualTo("sent");

        chromium.click("[value=sign-in]");
        chromium.awaitHeading("You are signed in");
        assertThat(value(token).token()).isNotBlank();
    }

    /** Its own address and nothing else was asked for, no policy was broken, it reads well and is easy to see, light or dark. */
    private void assertIsGoodPage() throws IOException {
        assertThat(chromium.complaints()).noneMatch(text -> text.contains("Security Policy") || text.contains("Refused to"));
        assertThat(chromium.requested()).allMatch(address -> address.startsWith(entra.authorityHost())
                || address.startsWith("http://localhost:") || address.startsWith("data:") || address.startsWith("about:"));
        String heading = chromium.evaluate("document.querySelector('h1').textContent");
        assertThat(chromium.accessibilityTree()).as("what a screen reader reads").contains("main ", "heading " + heading)
                .noneMatch(line -> line.startsWith("image") || line.startsWith("img"));
        assertThat(chromium.evaluate("document.documentElement.lang")).isEqualTo("en");
        for (String scheme : List.of("light", "dark")) {
            chromium.prefers("prefers-color-scheme", scheme);
            assertThat(Double.parseDouble(chromium.evaluate(WORST_CONTRAST))).as("contrast, " + scheme)
                    .isGreaterThanOrEqualTo(LEAST_CONTRAST);
        }
        chromium.prefers("prefers-color-scheme", "light");
    }

    /** Of all texts against the card behind them, and of the mark against its ground: WCAG 2.2, 1.4.3. */
    private static final String WORST_CONTRAST = """
            (() => {
              const channels = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
                .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
              const light = c => { const [r, g, b] = channels(c); return .2126 * r + .7152 * g + .0722 * b; };
              const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
              const card = getComputedStyle(document.querySelector('main')).backgroundColor;
              const mark = getComputedStyle(document.querySelector('svg'));
              return Math.min(ratio(mark.stroke, mark.backgroundColor), ...[...document.querySelectorAll('h1,p,summary,dt,dd')]
                .map(e => ratio(getComputedStyle(e).color, card)));
            })()""";

    private void keepPictures(String name) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            chromium.prefers("prefers-color-scheme", scheme);
            Chromium.await("the end of the animations", () -> chromium.evaluate("document.getAnimations().length").equals("0"));
            chromium.screenshot(PICTURES.resolve(name + "-" + scheme + ".png"));
        }
        chromium.prefers("prefers-color-scheme", "light");
    }
}
