package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A disk that takes no more: a program under a limit on the size of its files, as the shell sets it. */
class DiskFullTest {

    private final byte[] key = Envelope.newKey();

    @TempDir
    private Path home;

    private Path file() {
        return home.resolve(".IdentityService").resolve("test.sealed");
    }

    @Test
    void whatWasStoredBeforeIsThereAndNothingIsLeftBehind() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no POSIX shell here");
        assertThat(storeInAProcess("unlimited", 1)).as("how it ended").isZero();

        // A file may have 512 bytes and no more; the signal for that is ignored, so that the write itself fails.
        assertThat(storeInAProcess("1", 1_000)).as("how it ended").isNotZero();

        try (StorageThreads threads = new StorageThreads()) {
            byte[] content = StorageThreads.value(new FileStore(
                    Mono.just(new FileStore.Layout(file(), new Envelope(key, "test"))), threads.real()).read());
            assertThat(content).isNotNull();
            assertThat(new String(content, UTF_8)).startsWith("x1\n");
        }
        assertThat(home.resolve(".IdentityService").toFile().list()).containsExactly("test.sealed");
    }

    private int storeInAProcess(String blocks, int lines) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/bin/sh", "-c", "trap '' XFSZ; ulimit -f " + blocks + "; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
                "-cp", System.getProperty("java.class.path"), StoreProcess.class.getName(), file().toString(),
                Base64.getEncoder().encodeToString(key), "x", String.valueOf(lines))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended").isTrue();
        return process.exitValue();
    }
}
