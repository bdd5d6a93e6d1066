package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults 30 and 31. */
class JsonTest {

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", " ", "[]", "1", "null", "true", "\"text\"", "{", "{\"a\":1", "{\"a\":\"b", "{\"a\":1}{}", "{}x", "{},",
            "{\"a\":1,\"a\":1}", "{\"a\":{\"b\":1,\"b\":2}}", "{a:1}", "{'a':1}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":1,}",
            "{/**/}", "{\"a\":\"\u0000\"}"})
    void onlyOneStrictObjectIsRead(String text) {
        assertThat(Json.object(text)).isNull();
        assertThat(Json.object(text.getBytes(UTF_8))).isNull();
    }

    @Test
    void blanksAroundTheObjectDoNotMatter() {
        assertThat(Json.object(" \r\n{\"a\": {\"b\": [1, null]}}\n")).hasToString("{\"a\":{\"b\":[1,null]}}");
    }

    @Test
    void settingsMayHaveCommentsAndWhatPeopleLeaveBehind() {
        assertThat(Json.settings("// of mine\n{\"a\": 1, /* or */ \"a\": 2,\n}\n// end".getBytes(UTF_8))).hasToString("{\"a\":2}");
        assertThat(Json.settings("{'a': 1}".getBytes(UTF_8))).isNull();
        assertThat(Json.settings(bytes('{', '"', 0xFF, '"', ':', '1', '}'))).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"{\"a\":", "[", "{\"a\":["})
    void deepNestingEndsWithoutAnOverflow(String level) {
        assertThat(Json.object("{\"a\":" + level.repeat(10_000))).isNull();
    }

    @Test
    void nestingIsRefusedLongBeforeItHurtsWhoeverWalksTheTree() {
        assertThat(Json.object("{\"a\":" + "[".repeat(60) + "]".repeat(60) + "}")).isNotNull();
        assertThat(Json.object("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")).isNull();
    }

    @Test
    void hugeNumbersAndTextsAreRefused() {
        assertThat(Json.object("{\"a\":" + "9".repeat(1000) + "}")).isNull();
        assertThat(Json.object("{\"a\":\"" + "x".repeat((1 << 20) + 1) + "\"}")).isNull();
        assertThat(Json.object("{\"a\":1e999999999}")).as("a large exponent is a small text").isNotNull();
        assertThat(Json.object("{\"a\":1e99999999999999999999}")).as("until it is no exponent any more").isNull();
    }

    @Test
    void aByteOrderMarkIsAccepted() {
        assertThat(Json.object(bytes(0xEF, 0xBB, 0xBF, '{', '}'))).isNotNull();
        assertThat(Json.object(bytes(0xEF, 0xBB, 0xBF, '{', '"', 'd', '"', ':', '"', 0xFF, '"', '}'), "d")).isNotNull();
    }

    static Stream<Charset> wide() {
        return Stream.of(UTF_16, UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wide")
    void otherEncodingsAreRefused(Charset charset) {
        assertThat(Json.object("{\"a\":1}".getBytes(charset))).isNull();
        assertThat(Json.object("{\"a\":1}".getBytes(charset), "a")).isNull();
    }

    @Test
    void damagedUtf8IsReplacedInTheToleratedMemberOnly() {
        byte[] inside = bytes('{', '"', 'd', '"', ':', '"', 'x', 0xC3, '"', '}');
        assertThat(Json.object(inside)).isNull();
        assertThat(Json.object(inside, "d")).hasToString("{\"d\":\"x\uFFFD\"}");
        assertThat(Json.object(inside, "e")).isNull();
        assertThat(Json.object(bytes('{', '"', 'd', 0xFF, '"', ':', '"', 'x', '"', '}'), "d")).as("in a name").isNull();
        assertThat(Json.object(bytes('{', '}', 0xFF), "d")).as("after the object").isNull();
    }

    private static byte[] bytes(int... bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int each : bytes) {
            out.write(each);
        }
        return out.toByteArray();
    }
}
