package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    private final byte[] key = Envelope.newKey();
    private final Envelope envelope = new Envelope(key, "msal.cache.nocae");
    private final byte[] content = "{\"RefreshToken\":{\"invented\":\"é\"}}".getBytes(UTF_8);

    @Test
    void whatWasSealedIsOpened() throws UnreadableFileException {
        assertThat(envelope.open(envelope.seal(content))).isEqualTo(content);
        assertThat(envelope.open(envelope.seal(new byte[0]))).isEmpty();
    }

    @Test
    void everySealIsAnotherAndNoneShowsTheContent() {
        byte[] one = envelope.seal(content);

        assertThat(one).isNotEqualTo(envelope.seal(content));
        assertThat(new String(one, UTF_8)).doesNotContain("RefreshToken", "invented").startsWith("MONOCRED");
    }

    @Test
    void noByteCanBeChangedWithoutNotice() {
        byte[] sealed = envelope.seal(content);

        for (int i = 0; i < sealed.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] flipped = sealed.clone();
                flipped[i] ^= (byte) (1 << bit);
                assertThatThrownBy(() -> envelope.open(flipped)).as("byte " + i).isInstanceOf(UnreadableFileException.class);
            }
        }
    }

    @Test
    void noPartOfItOpens() {
        byte[] sealed = envelope.seal(content);

        for (int length = 0; length < sealed.length; length++) {
            byte[] truncated = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> envelope.open(truncated)).as("length " + length).isInstanceOf(UnreadableFileException.class);
        }
        assertThatThrownBy(() -> envelope.open(Arrays.copyOf(sealed, sealed.length + 1))).isInstanceOf(UnreadableFileException.class);
    }

    @Test
    void anotherKeyAndAnotherCachesNameDoNotOpenIt() {
        byte[] sealed = envelope.seal(content);

        assertThatThrownBy(() -> new Envelope(Envelope.newKey(), "msal.cache.nocae").open(sealed))
                .isInstanceOf(UnreadableFileException.class).hasMessageContaining("another key");
        assertThatThrownBy(() -> new Envelope(key, "msal.cache.cae").open(sealed)).isInstanceOf(UnreadableFileException.class);
    }

    @Test
    void whatIsForeignIsCalledForeign() {
        assertThatThrownBy(() -> envelope.open(content)).isInstanceOf(UnreadableFileException.class)
                .hasMessage("it is not a file of Monocred's");
        byte[] newer = envelope.seal(content);
        newer[8] = 2;
        assertThatThrownBy(() -> envelope.open(newer)).hasMessageContaining("another version");
    }

    @Test
    void itPrintsNoKey() {
        assertThat(envelope.toString()).isEqualTo("Envelope");
    }
}
