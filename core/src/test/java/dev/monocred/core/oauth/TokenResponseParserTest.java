package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.EntraError;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 2.4 and 2.5; faults 20 to 24, 30, 31, 33 to 36, 39; checklist 14 to 16, 18, 19, 59. */
class TokenResponseParserTest {

    private static final Instant SENT = Instant.parse("2026-08-01T10:00:00.250Z");
    private static final String CLIENT_INFO = "eyJ1aWQiOiIxMTExMTExMS0xMTExLTExMTEtMTExMS0xMTExMTExMTExMTEiLCJ1dGlkIjoi"
            + "MjIyMjIyMjItMjIyMi0yMjIyLTIyMjItMjIyMjIyMjIyMjIyIn0";

    @Test
    void everyMemberOfATokenIsRead() {
        TokenAnswer answer = parse(200, """
                {"token_type":"Bearer","scope":"https://vault.azure.net/.default","expires_in":3599,"ext_expires_in":3599,
                 "refresh_in":1799,"access_token":"AT-1","refresh_token":"RT-1","id_token":"hdr.payload.sig",
                 "client_info":"%s","foci":"1"}""".formatted(CLIENT_INFO));
        assertThat(answer).isEqualTo(new TokenResponse(
                AccessToken.of("AT-1", SENT.plusSeconds(3599)).withRefreshAt(SENT.plusSeconds(1799)),
                "RT-1", "hdr.payload.sig", CLIENT_INFO, "https://vault.azure.net/.default", "1"));
    }

    @Test
    void aTokenAndItsLifetimeAreEnough() {
        assertThat(parse(200, "{\"access_token\":\"AT-1\",\"expires_in\":\"3599\",\"refresh_token\":\"\",\"id_token\":null,"
                + "\"scope\":7}")).isEqualTo(
                        new TokenResponse(AccessToken.of("AT-1", SENT.plusSeconds(3599)), null, null, null, null, null));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\"Bearer\"", "\"bearer\"", "\"BEARER\"", "null"})
    void theTypeIsBearerInAnyCase(String type) {
        TokenAnswer answer = parse(200, "{\"access_token\":\"AT-1\",\"expires_in\":60,\"token_type\":" + type + "}");
        assertThat(token(answer).tokenType()).isEqualTo("Bearer");
    }

    @ParameterizedTest(name = "expires_in {0}, refresh_in {1}: refresh {2} s after sending")
    @CsvSource(nullValues = "-", value = {"3599, 1799, 1799", "3599, '\"1799\"', 1799", "3599, 3598, 3598",
            "3599, 3599, -", "3599, 3600, -", "3599, 0, -", "3599, -1, -", "3599, '\"soon\"', -", "3599, null, -",
            "1e18, 172799, 172799", "1e18, 172800, -"})
    void theRefreshHintCountsOnlyWithinTheLifetime(String in, String refreshIn, @Nullable Long seconds) {
        TokenAnswer answer = parse(200, "{\"access_token\":\"AT-1\",\"expires_in\":" + in + ",\"refresh_in\":" + refreshIn + "}");
        assertThat(token(answer).refreshAt()).isEqualTo(seconds == null ? null : SENT.plusSeconds(seconds));
    }

    static Stream<Arguments> malformed() {
        String token = "{\"access_token\":\"planted\",\"expires_in\":60}";
        return Stream.of(
                row("no token", "it has no usable access_token", "{\"expires_in\":60}"),
                row("empty token", "it has no usable access_token", "{\"access_token\":\"\",\"expires_in\":60}"),
                row("token is a number", "it has no usable access_token", "{\"access_token\":1,\"expires_in\":60}"),
                row("token with a line break", "it has no usable access_token",
                        "{\"access_token\":\"planted\\r\\nX: y\",\"expires_in\":60}"),
                row("no lifetime", "it has no usable expires_in", "{\"access_token\":\"planted\"}"),
                row("lifetime 0", "it has no usable expires_in", "{\"access_token\":\"planted\",\"expires_in\":0}"),
                row("lifetime -1", "it has no usable expires_in", "{\"access_token\":\"planted\",\"expires_in\":-1}"),
                row("lifetime abc", "it has no usable expires_in", "{\"access_token\":\"planted\",\"expires_in\":\"abc\"}"),
                row("over already", "it has no usable expires_in", "{\"access_token\":\"planted\",\"expires_on\":1785578400}"),
                row("pop", "its token_type is not Bearer",
                        "{\"access_token\":\"planted\",\"expires_in\":60,\"token_type\":\"pop\"}"),
                row("type is an array", "its token_type is not Bearer",
                        "{\"access_token\":\"planted\",\"expires_in\":60,\"token_type\":[\"Bearer\"]}"),
                row("empty", "its body is not a JSON object", ""),
                row("truncated", "its body is not a JSON object", "{\"access_token\":\"planted\",\"expires_in\":60"),
                row("trailing garbage", "its body is not a JSON object", token + "x"),
                row("two tokens", "its body is not a JSON object",
                        "{\"access_token\":\"planted\",\"access_token\":\"planted\",\"expires_in\":60}"),
                row("deep nesting", "its body is not a JSON object", "{\"a\":" + "[".repeat(10_000)),
                row("an array", "its body is not a JSON object", "[" + token + "]"),
                row("a page", "its body is not a JSON object", "<html>planted</html>"),
                Arguments.of("UTF-16", "its body is not a JSON object", answer(200, token.getBytes(UTF_16))),
                Arguments.of("damaged UTF-8", "its body is not a JSON object",
                        answer(200, "{\"access_token\":\"plantedé\",\"expires_in\":60}".getBytes(ISO_8859_1))),
                Arguments.of("captive portal", "its content type is not JSON", answer(200, token, "content-type", "text/html")),
                Arguments.of("wrong content type", "its content type is not JSON",
                        answer(200, token, "content-type", "application/jsonp")),
                Arguments.of("gzip", "its body is compressed, which was not asked for",
                        answer(200, token, "Content-Encoding", "gzip")),
                Arguments.of("redirect", "it is a redirect, which is never followed",
                        answer(302, token, "location", "https://planted.example/")),
                Arguments.of("redirect with an error", "it is a redirect, which is never followed",
                        answer(307, "{\"error\":\"planted\"}")),
                Arguments.of("accepted", "its status is not 200", answer(202, token)),
                Arguments.of("no content", "its status is not 200", answer(204, "")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("malformed")
    void whatIsNeitherATokenNorARefusalIsMalformed(String what, String reason, RawAnswer answer) {
        assertThat(TokenResponseParser.parse(answer, SENT)).isEqualTo(new Malformed(answer.status(), reason));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "text/json",
            "application/problem+json", " application/json "})
    void everyJsonTypeWillDo(String type) {
        assertThat(TokenResponseParser.parse(answer(200, "{\"access_token\":\"AT-1\",\"expires_in\":60}", "content-type", type),
                SENT)).isInstanceOf(TokenResponse.class);
    }

    @Test
    void aByteOrderMarkAndIdentityEncodingDoNotMatter() {
        assertThat(TokenResponseParser.parse(answer(200, "\uFEFF{\"access_token\":\"AT-1\",\"expires_in\":60}",
                "Content-Encoding", "identity"), SENT)).isInstanceOf(TokenResponse.class);
    }

    @Test
    void anAnswerWithoutAContentTypeIsJudgedByItsBody() {
        byte[] body = "{\"access_token\":\"AT-1\",\"expires_in\":60}".getBytes(UTF_8);
        assertThat(TokenResponseParser.parse(new RawAnswer(200, Map.of(), body), SENT)).isInstanceOf(TokenResponse.class);
    }

    @Test
    void everyMemberOfAnErrorIsRead() {
        Refused refused = refused(parse(401, """
                {"error":"invalid_client",
                 "error_description":"AADSTS7000215: Invalid client secret provided.\\r\\nTrace ID: t-1\\r\\nCorrelation ID: c-1",
                 "error_codes":[7000215],"timestamp":"2026-01-01 00:00:00Z","trace_id":"t-1","correlation_id":"c-1",
                 "error_uri":"https://login.microsoftonline.com/error?code=7000215","suberror":"message_only",
                 "claims":"{\\"access_token\\":{}}"}"""));
        EntraError error = refused.error();
        assertThat(error.httpStatus()).isEqualTo(401);
        assertThat(error.error()).isEqualTo("invalid_client");
        assertThat(error.errorDescription()).as("one line")
                .isEqualTo("AADSTS7000215: Invalid client secret provided. Trace ID: t-1 Correlation ID: c-1");
        assertThat(error.errorCodes()).containsExactly(7000215L);
        assertThat(error.timestamp()).isEqualTo("2026-01-01 00:00:00Z");
        assertThat(error.traceId()).isEqualTo("t-1");
        assertThat(error.correlationId()).isEqualTo("c-1");
        assertThat(error.suberror()).isEqualTo("message_only");
        assertThat(error.claims()).isEqualTo("{\"access_token\":{}}");
        assertThat(refused.isTransient()).isFalse();
        assertThat(refused.retryAfter()).isNull();
    }

    @ParameterizedTest(name = "error_codes {0}, description {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            [50076,1]       | AADSTS65001: x       | 50076,1
            []              | AADSTS65001: x       | 65001
            null            | xAADSTS65001,        | 65001
            "65001"         | AADSTS65001          | 65001
            ["x",1.5,1e30]  | AADSTS65001          | 65001
            [9.0]           | AADSTS65001          | 9
            null            | AADSTSx 1            | ``
            null            | AADSTS99999999999999999999 | 999999999999999999
            null            | no code              | ``
            """)
    void theNumbersComeFromTheirMemberOrFromTheDescription(String codes, String description, String numbers) {
        EntraError error = refused(parse(400, "{\"error\":\"x\",\"error_codes\":" + codes + ",\"error_description\":\""
                + description + "\"}")).error();
        assertThat(error.errorCodes()).extracting(String::valueOf)
                .isEqualTo(numbers.isEmpty() ? List.of() : List.of(numbers.split(",", -1)));
    }

    @ParameterizedTest(name = "{0} {1} is transient: {2}")
    @CsvSource({"400, invalid_grant, false", "401, invalid_client, false", "403, access_denied, false", "404, x, false",
            "407, x, false", "501, x, false", "505, x, false", "408, x, true", "429, x, true", "500, x, true", "502, x, true",
            "503, x, true", "504, x, true", "400, temporarily_unavailable, true", "400, server_error, true",
            "200, temporarily_unavailable, true", "200, invalid_grant, false", "400, authorization_pending, false"})
    void whatMayPassByItselfIsTransient(int status, String error, boolean isTransient) {
        Refused refused = refused(parse(status, "{\"error\":\"" + error + "\"}"));
        assertThat(refused.isTransient()).isEqualTo(isTransient);
        assertThat(refused.error().httpStatus()).isEqualTo(status);
        assertThat(refused.error().error()).isEqualTo(error);
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            503 | <html>planted</html>
            503 | ``
            502 | {"access_token":"planted"
            401 | <html>planted</html>
            407 | ``
            400 | {"message":"planted"}
            400 | {"error":{"code":"planted"}}
            400 | {"error":""}
            """)
    void aFailedStatusIsARefusalWhateverTheBodySays(int status, String body) {
        Refused refused = refused(TokenResponseParser.parse(
                answer(status, body, "content-type", "text/html", "retry-after", "7", "client-request-id", "c-2",
                        "x-ms-request-id", "t-2"), SENT));
        assertThat(refused.error().error()).isNull();
        assertThat(refused.error().errorDescription()).isNull();
        assertThat(refused.error().correlationId()).as("from the headers").isEqualTo("c-2");
        assertThat(refused.error().traceId()).as("from the headers").isEqualTo("t-2");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(refused.toString()).doesNotContain("planted");
    }

    @Test
    void aCompressedRefusalStaysARefusal() {
        Refused refused = refused(TokenResponseParser.parse(
                answer(429, "{\"error\":\"x\"}", "content-encoding", "gzip", "retry-after", "60"), SENT));
        assertThat(refused.error().error()).isNull();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void anErrorInsideASuccessIsThatError() {
        assertThat(refused(parse(200, "{\"error\":\"invalid_grant\",\"access_token\":\"AT-1\",\"expires_in\":60}"))
                .error().error()).isEqualTo("invalid_grant");
        assertThat(refused(TokenResponseParser.parse(answer(200, "{\"error\":\"invalid_grant\"}", "content-type", "text/html"),
                SENT)).error().error()).isEqualTo("invalid_grant");
        assertThat(parse(200, "{\"error\":null,\"access_token\":\"AT-1\",\"expires_in\":60}")).isInstanceOf(TokenResponse.class);
        assertThat(parse(200, "{\"error\":\"\",\"access_token\":\"AT-1\",\"expires_in\":60}")).isInstanceOf(TokenResponse.class);
    }

    @Test
    void claimsOfARefusalAreHandedOnAsText() {
        String asObject = "{\"error\":\"interaction_required\",\"claims\":{\"access_token\":{\"acrs\":null}}}";
        assertThat(refused(parse(400, asObject)).error().claims()).isEqualTo("{\"access_token\":{\"acrs\":null}}");
        String asText = "{\"error\":\"interaction_required\",\"claims\":\"{\\\"access_token\\\": {}}\"}";
        assertThat(refused(parse(400, asText)).error().claims()).isEqualTo("{\"access_token\": {}}");
    }

    @Test
    void damagedBytesInADescriptionAreReplaced() {
        RawAnswer answer = answer(400, "{\"error\":\"invalid_grant\",\"error_description\":\"gültig\"}".getBytes(ISO_8859_1));
        EntraError error = refused(TokenResponseParser.parse(answer, SENT)).error();
        assertThat(error.errorDescription()).isEqualTo("g\uFFFDltig");
        assertThat(error.error()).isEqualTo("invalid_grant");
    }

    @Test
    void textsOfTheAnswerAreShortAndOneLine() {
        EntraError error = refused(parse(400, "{\"error\":\"a\\nb\\u001b[31m\\u2028c\\u202ed\",\"suberror\":\"" + "x".repeat(10_000)
                + "\",\"error_description\":\"" + "y".repeat(10_000) + "\"}")).error();
        assertThat(error.error()).isEqualTo("a b [31m c d");
        assertThat(error.suberror()).hasSize(256);
        assertThat(error.errorDescription()).hasSizeLessThan(1_100);
    }

    @ParameterizedTest(name = "server {0} s ahead, local {1}: life {2} s")
    @CsvSource({"0, false, 3600", "60, false, 3600", "-60, false, 3600", "3000, false, 600", "-3600, false, 7200",
            "3000, true, 3600", "3600, true, 3600"})
    void aServersClockThatDiffersIsBelievedForDates(long ahead, boolean peerIsLocal, long life) {
        Instant sent = Instant.parse("2026-08-01T10:00:00Z");
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(sent.plusSeconds(ahead).atOffset(ZoneOffset.UTC));
        String body = "{\"access_token\":\"AT-1\",\"expires_on\":" + (sent.getEpochSecond() + 3600) + "}";
        TokenAnswer read = TokenResponseParser.parse(answer(200, body, "date", date), sent, peerIsLocal);
        assertThat(token(read).expiresAt()).isEqualTo(sent.plusSeconds(life));
    }

    @Test
    void aServersClockPlaysNoPartInSeconds() {
        TokenAnswer read = TokenResponseParser.parse(answer(200, "{\"access_token\":\"AT-1\",\"expires_in\":60}",
                "date", "Sat, 01 Aug 2026 23:00:00 GMT"), SENT);
        assertThat(token(read).expiresAt()).isEqualTo(SENT.plusSeconds(60));
    }

    @Test
    void anEndOfLifeThatIsOverByTheServersClockIsMalformed() {
        RawAnswer answer = answer(200, "{\"access_token\":\"AT-1\",\"expires_on\":" + (SENT.getEpochSecond() + 60) + "}",
                "date", "Sat, 01 Aug 2026 10:02:00 GMT");
        assertThat(TokenResponseParser.parse(answer, SENT)).isInstanceOf(Malformed.class);
    }

    @Test
    void nothingPrintsASecret() {
        String body = "{\"access_token\":\"planted-1\",\"refresh_token\":\"planted-2\",\"id_token\":\"planted-3\","
                + "\"client_info\":\"planted-4\",\"expires_in\":60}";
        RawAnswer answer = answer(200, body, "set-cookie", "planted-5");
        assertThat(answer + " " + TokenResponseParser.parse(answer, SENT)).doesNotContain("planted");
    }

    private static Arguments row(String what, String reason, String body) {
        return Arguments.of(what, reason, answer(200, body));
    }

    private static TokenAnswer parse(int status, String body) {
        return TokenResponseParser.parse(answer(status, body), SENT);
    }

    private static RawAnswer answer(int status, String body, String... headers) {
        return answer(status, body.getBytes(UTF_8), headers);
    }

    private static RawAnswer answer(int status, byte[] body, String... headers) {
        Map<String, List<String>> all = new HashMap<>(Map.of("content-type", List.of("application/json; charset=utf-8")));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], List.of(headers[i + 1]));
        }
        return new RawAnswer(status, all, body);
    }

    private static AccessToken token(TokenAnswer answer) {
        assertThat(answer).isInstanceOf(TokenResponse.class);
        return ((TokenResponse) answer).accessToken();
    }

    private static Refused refused(TokenAnswer answer) {
        assertThat(answer).isInstanceOf(Refused.class);
        return (Refused) answer;
    }
}
