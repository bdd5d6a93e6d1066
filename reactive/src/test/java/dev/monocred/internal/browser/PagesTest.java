package dev.monocred.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.EntraError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What people see; checklist 40. How it looks and reads in a browser is {@code RealBrowserTest}'s. */
class PagesTest {

    private static final String NASTY = "<script>alert('x')</script>&\"";

    static Stream<Page> pages() {
        return Stream.of(Pages.signedIn(), Pages.nobodyWaits(), Pages.anotherSignIn(), Pages.nothingHere(404),
                Pages.failed(new IllegalStateException("planted")), refused(0, "access_denied"), refused(0, "server_error"),
                refused(0, "consent_required"), refused(0, "invalid_scope"), refused(400, "invalid_grant"));
    }

    private static Page refused(int status, String error) {
        EntraError said = EntraError.builder(status).error(error).errorDescription(NASTY + " Trace ID: 0a Correlation ID: 0b Timestamp: 0c").correlationId("0b-" + NASTY).build();
        return Pages.failed(new ClientAuthenticationException("planted", null, Details.NONE.withEntraError(said)));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyPageStandsByItselfAndIsReadable(Page page) {
        String html = page.html();

        assertThat(html).startsWith("<!DOCTYPE html>\n<html lang=\"en\">").containsOnlyOnce("<h1>").containsOnlyOnce("<main ")
                .contains("<title>" + page.heading() + "</title>", "<h1>" + page.heading() + "</h1>", "name=\"viewport\"",
                        "prefers-color-scheme:dark", "aria-hidden=\"true\"", "<p>");
        assertThat(html).as("nothing runs and nothing is loaded").doesNotContainPattern("(?i)<script|\\son\\w+=|https?:|@import|url\\(");
        assertThat(html).as("nobody filled in a gap").doesNotContain("$s", "null", "planted");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void theirPolicyAllowsTheirOwnStyleAlone(Page page) throws NoSuchAlgorithmException {
        Matcher style = Pattern.compile("<style>(.*)</style>", Pattern.DOTALL).matcher(page.html());
        assertThat(style.find()).isTrue();
        String hash = Base64.getEncoder().encodeToString(
                MessageDigest.getInstance("SHA-256").digest(style.group(1).getBytes(StandardCharsets.UTF_8)));

        assertThat(Page.HEADERS).containsAllEntriesOf(Map.of("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"
                + hash + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                "Cache-Control", "no-store", "Referrer-Policy", "no-referrer", "X-Content-Type-Options", "nosniff"));
    }

    @Test
    void whatTheAuthoritySaysIsShownAsTextAndNeverAsMarkup() {
        assertThat(refused(0, NASTY).html()).doesNotContain("<script", "'x'").contains(
                "<dt>Error</dt><dd>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</dd>",
                "<dt>Reason</dt><dd>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;</dd>", "<dt>Correlation id</dt><dd>0b-&lt;script&gt;");
    }

    @ParameterizedTest
    @CsvSource({"0, access_denied, You did not sign in", "0, temporarily_unavailable, The sign-in service is busy",
        "0, interaction_required, One more step is needed", "0, invalid_scope, The sign-in was refused",
        "400, invalid_grant, 'You signed in, but something went wrong after that'"})
    void eachFailureHasItsOwnHeading(int status, String error, String heading) {
        assertThat(refused(status, error).heading()).isEqualTo(heading);
    }

    @Test
    void onlyThePageOfASuccessLooksLikeOne() {
        assertThat(pages().filter(page -> page.mark() == Page.Mark.DONE || page.status() == 200)).singleElement()
                .extracting(Page::heading).isEqualTo("You are signed in");
    }
}
