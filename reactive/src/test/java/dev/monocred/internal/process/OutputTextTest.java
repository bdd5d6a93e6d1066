package dev.monocred.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OutputTextTest {

    private static final Charset WINDOWS = Charset.forName("windows-1252");

    private static String decode(byte[] bytes) {
        return OutputText.decode(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void readsUtf8WithAndWithoutItsMark() {
        assertThat(decode("{\"ü\": \"日\"}".getBytes(StandardCharsets.UTF_8))).isEqualTo("{\"ü\": \"日\"}");
        assertThat(decode("\uFEFF{}".getBytes(StandardCharsets.UTF_8))).isEqualTo("{}");
        assertThat(decode(new byte[0])).isEmpty();
    }

    @Test
    void readsUtf16AsWindowsWritesIt() {
        assertThat(decode("\uFEFF{\"ü\"}".getBytes(StandardCharsets.UTF_16LE))).isEqualTo("{\"ü\"}");
        assertThat(decode("{\"ü\"}".getBytes(StandardCharsets.UTF_16LE))).isEqualTo("{\"ü\"}");
    }

    @Test
    void readsTheNativeEncodingOnlyWhereTheTextIsNotUtf8() {
        assertThat(OutputText.decode("Anmeldung ungültig".getBytes(WINDOWS), WINDOWS)).isEqualTo("Anmeldung ungültig");
        assertThat(OutputText.decode("ü".getBytes(StandardCharsets.UTF_8), WINDOWS)).isEqualTo("ü");
    }

    @Test
    void neverFailsOnAnything() {
        byte[] everything = new byte[256];
        for (int i = 0; i < 256; i++) {
            everything[i] = (byte) (i ^ 0x80);
        }
        assertThat(decode(everything)).contains("abc");
        assertThat(decode(Arrays.copyOf(everything, 1))).isEqualTo("\uFFFD");
    }

    @Test
    void takesColoursAndTitlesOff() {
        assertThat(decode("\u001B[1;31mERROR\u001B[0m: \u001B]0;title\u0007no\u001B[K".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("ERROR: no");
    }
}
