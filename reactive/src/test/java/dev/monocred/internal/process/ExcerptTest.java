package dev.monocred.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExcerptTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Excerpt excerpt) {
        return new String(excerpt.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void keepsWhatIsShort() {
        Excerpt excerpt = new Excerpt();
        for (int i = 0; i < 12 * 1024; i++) {
            excerpt.add(bytes("x"), 1);
        }
        assertThat(text(excerpt)).isEqualTo("x".repeat(12 * 1024));
    }

    @Test
    void keepsTheFirst4AndTheLast8KiBOfWhatIsLong() {
        Excerpt excerpt = new Excerpt();
        byte[] middle = bytes("m".repeat(1000));
        excerpt.add(bytes("a".repeat(4096)), 4096);
        for (int i = 0; i < 100; i++) {
            excerpt.add(middle, 1000);
        }
        excerpt.add(bytes("z".repeat(8192)), 8192);

        assertThat(text(excerpt)).isEqualTo("a".repeat(4096) + "\n…\n" + "z".repeat(8192));
        assertThat(excerpt.total()).isEqualTo(4096 + 100_000 + 8192);
    }
}
