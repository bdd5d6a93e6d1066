package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Two virtual machines on one cache file, and one that is killed. */
class SeveralProcessesTest {

    private final byte[] key = Envelope.newKey();

    @TempDir
    private Path home;

    private Path folder() {
        return home.resolve(".IdentityService");
    }

    private Path file() {
        return folder().resolve("test.sealed");
    }

    private Process start(String name, int lines) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), StoreProcess.class.getName(), file().toString(),
                Base64.getEncoder().encodeToString(key), name, String.valueOf(lines))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private List<String> lines() {
        try (StorageThreads threads = new StorageThreads()) {
            byte[] content = StorageThreads.value(new FileStore(
                    Mono.just(new FileStore.Layout(file(), new Envelope(key, "test"))), threads.real()).read());
            return content == null ? List.of() : new String(content, UTF_8).lines().toList();
        }
    }

    private static void end(Process process) throws InterruptedException {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended").isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void twoProcessesWithTwoHundredInterleavedWritesEachLoseNothing() throws Exception {
        Process one = start("a", 200);
        Process other = start("b", 200);
        drain(one);
        drain(other);
        end(one);
        end(other);

        assertThat(lines()).hasSize(400).contains(IntStream.rangeClosed(1, 200).mapToObj(i -> "a" + i).toArray(String[]::new))
                .contains(IntStream.rangeClosed(1, 200).mapToObj(i -> "b" + i).toArray(String[]::new));
        assertThat(folder().toFile().list()).containsExactly("test.sealed");
    }

    private static void drain(Process process) {
        Thread reader = new Thread(() -> {
            try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
                while (output.readLine() != null) {
                    // Only so that its pipe is never full.
                }
            } catch (IOException ended) {
                // It was killed.
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    @Test
    void whateverAWriterIsKilledInTheMiddleOfWhatItReportedIsThereAndNobodyWaitsForItForEver() throws Exception {
        for (int round = 0; round < 5; round++) {
            Process victim = start("r" + round + "-", 1_000_000);
            int reported = 0;
            try (BufferedReader output = new BufferedReader(new InputStreamReader(victim.getInputStream(), UTF_8))) {
                while (reported < 20 + 7 * round) {
                    reported = Integer.parseInt(output.readLine());
                }
                victim.destroyForcibly().waitFor();
            }
            assertThat(lines()).contains("r" + round + "-" + reported);
        }
        Process next = start("z", 1);
        drain(next);
        end(next);

        assertThat(lines()).endsWith("z1");
        assertThat(folder().toFile().list()).containsExactly("test.sealed");
    }
}
