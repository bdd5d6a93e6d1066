package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** entra.md 2.10 with its vectors; checklist 50. */
class ClaimsChallengeTest {

    private static final String NBF = "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1767225600\"}}}";
    private static final String NBF_64 =
            "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNzY3MjI1NjAwIn19fQ==";
    private static final String ACRS = "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1>?~\"}}}";
    private static final String ACRS_64 =
            "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzE+P34ifX19";
    private static final String ACRS_URL_64 =
            "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzE-P34ifX19";
    private static final String CLAIMS = "claims=\"" + NBF_64 + "\"";
    private static final String INSUFFICIENT = "error=\"insufficient_claims\"";

    static Stream<Arguments> usable() {
        return Stream.of(
                row("as Entra sends it", NBF, "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common"
                        + "/oauth2/authorize\", " + INSUFFICIENT + ", " + CLAIMS),
                row("standard alphabet", ACRS, "Bearer " + INSUFFICIENT + ", claims=\"" + ACRS_64 + "\""),
                row("url-safe alphabet", ACRS, "Bearer " + INSUFFICIENT + ", claims=\"" + ACRS_URL_64 + "\""),
                row("no padding", NBF, "Bearer " + INSUFFICIENT + ", claims=\"" + NBF_64.replace("=", "") + "\""),
                row("short padding", NBF, "Bearer " + INSUFFICIENT + ", claims=\"" + NBF_64.replace("==", "=") + "\""),
                row("not quoted", ACRS, "Bearer error=insufficient_claims, claims=" + ACRS_64),
                row("not quoted, padded", NBF, "Bearer error=insufficient_claims, claims=" + NBF_64),
                row("other letter case", NBF, "bEARER ERROR=\"insufficient_claims\", CLAIMS=\"" + NBF_64 + "\""),
                row("older resource manager", NBF, "Bearer error=\"invalid_token\", error_description=\"User session has been"
                        + " revoked\", " + CLAIMS),
                row("comma and escaped quotes inside quotes", NBF, "Bearer error_description=\"a, claims=\\\"x\\\", b\","
                        + INSUFFICIENT + "," + CLAIMS),
                row("a scheme's name inside quotes", NBF, "Bearer realm=\"Basic x, PoP y\", " + INSUFFICIENT + ", " + CLAIMS),
                row("another challenge before", NBF, "Basic realm=\"x\", Bearer " + INSUFFICIENT + ", " + CLAIMS),
                row("another challenge after", NBF, "Bearer " + INSUFFICIENT + ", " + CLAIMS + ", Basic realm=\"x\""),
                row("a token68 before", NBF, "Negotiate abc/+==, Bearer " + INSUFFICIENT + ", " + CLAIMS),
                row("a bare scheme before", NBF, "NTLM, Bearer " + INSUFFICIENT + ", " + CLAIMS),
                row("two bearers, the second usable", NBF, "Bearer realm=\"x\", Bearer " + INSUFFICIENT + ", " + CLAIMS),
                row("blanks around the signs", NBF, "  Bearer   error = \"insufficient_claims\" ,, claims =\t\"" + NBF_64 + "\""),
                row("two headers", NBF, "PoP " + INSUFFICIENT + ", claims=\"" + ACRS_64 + "\"",
                        "Bearer " + INSUFFICIENT + ", " + CLAIMS),
                row("two headers, the first wins", ACRS, "Bearer " + INSUFFICIENT + ", claims=\"" + ACRS_64 + "\"",
                        "Bearer " + INSUFFICIENT + ", " + CLAIMS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("usable")
    void theClaimsAreFound(String what, String claims, List<String> headers) {
        assertThat(ClaimsChallenge.parse(headers)).isEqualTo(claims);
    }

    static Stream<Arguments> useless() {
        return Stream.of(
                row("no header", ""),
                row("no claims", "", "Bearer " + INSUFFICIENT),
                row("no error", "", "Bearer " + CLAIMS),
                row("another error", "", "Bearer error=\"invalid_request\", " + CLAIMS),
                row("another scheme", "", "PoP " + INSUFFICIENT + ", " + CLAIMS),
                row("error and claims of different challenges", "", "Bearer " + INSUFFICIENT + ", PoP " + CLAIMS),
                row("claims of another challenge before", "", "PoP " + CLAIMS + ", Bearer " + INSUFFICIENT),
                row("error of another challenge before", "", "Bearer " + INSUFFICIENT + ", Bearer " + CLAIMS),
                row("error and claims of different headers", "", "Bearer " + INSUFFICIENT, "Bearer " + CLAIMS),
                row("only inside quotes", "", "Bearer realm=\"x, error=insufficient_claims, claims=" + ACRS_64 + "\""),
                row("not base64", "", "Bearer " + INSUFFICIENT + ", claims=\"???\""),
                row("not JSON", "", "Bearer " + INSUFFICIENT + ", claims=\"" + base64("planted") + "\""),
                row("not an object", "", "Bearer " + INSUFFICIENT + ", claims=\"" + base64("[1]") + "\""),
                row("empty", "", "Bearer " + INSUFFICIENT + ", claims=\"\""),
                row("blank header", "", " "),
                row("stray signs", "", "=,=\"=,\"\"", "\"", "Bearer =", "Bearer \"x\" = \\", "Bearer claims=\"\\"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("useless")
    void anythingElseIsIgnored(String what, String none, List<String> headers) {
        assertThat(ClaimsChallenge.parse(headers)).isNull();
    }

    @Test
    @Timeout(5)
    void noHeaderMakesTheParserHang() {
        String alphabet = "aB=\", \t\\";
        for (int number = 0; number < 8 * 8 * 8 * 8 * 8; number++) {
            StringBuilder header = new StringBuilder("Bearer ");
            for (int rest = number; rest > 0; rest /= 8) {
                header.append(alphabet.charAt(rest % 8));
            }
            assertThat(ClaimsChallenge.parse(List.of(header.toString()))).isNull();
        }
    }

    private static Arguments row(String what, String claims, String... headers) {
        return Arguments.of(what, claims, List.of(headers));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
