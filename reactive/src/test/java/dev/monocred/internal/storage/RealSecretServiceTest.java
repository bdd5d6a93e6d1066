package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.runtime.SystemTime;
import dev.monocred.spi.TokenCacheStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * The real Secret Service: GNOME Keyring on a session bus of its own, reached through the real {@code secret-tool}. Skipped
 * where one of them is not installed (Debian: gnome-keyring, libsecret-tools, dbus).
 */
@Tag("real")
class RealSecretServiceTest {

    private static final String NAME = "msal.cache.nocae";

    @TempDir
    private Path home;

    private final Map<String, String> variables = new HashMap<>();
    private @Nullable Process bus;
    private @Nullable Process keyring;

    @BeforeEach
    void startKeyring() throws Exception {
        List<String> missing = Stream.of("dbus-daemon", "gnome-keyring-daemon", "secret-tool")
                .filter(name -> Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, name)))).toList();
        assumeTrue(missing.isEmpty(), () -> "not installed here: " + missing);
        Path runtime = Files.createDirectory(home.resolve("run"), PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        variables.putAll(Map.of("HOME", home.toString(), "XDG_RUNTIME_DIR", runtime.toString(),
                "PATH", String.valueOf(System.getenv("PATH"))));
        bus = process("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1",
                "--address=unix:path=" + runtime.resolve("bus"));
        variables.put("DBUS_SESSION_BUS_ADDRESS", firstLine(bus));
        keyring = process("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock");
        try (OutputStream password = keyring.getOutputStream()) {
            password.write("invented".getBytes(UTF_8));
        }
        firstLine(keyring);
    }

    private Process process(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(variables);
        return builder.start();
    }

    private static String firstLine(Process process) throws IOException {
        return String.valueOf(new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine());
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : new Process[] {keyring, bus}) {
            if (process != null) {
                process.destroy();
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        }
    }

    /** As a program that starts, uses its cache and ends: nothing of it stays in memory. */
    private @Nullable String inANewProgram(@Nullable String toWrite) {
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        try {
            TokenCacheStore store = new Storage(new Storage.Wiring(runtime, Executables.ofThisMachine(variables::get),
                    Schedulers.parallel(), SystemTime.INSTANCE), SealingKeys.Known::new).store(NAME, false);
            if (toWrite != null) {
                StorageThreads.value(store.write(toWrite.getBytes(UTF_8)));
            }
            byte[] content = StorageThreads.value(store.read());
            return content == null ? null : new String(content, UTF_8);
        } finally {
            runtime.release();
        }
    }

    private int secretTool(String... arguments) throws Exception {
        return process(Stream.concat(Stream.of("secret-tool"), Stream.of(arguments)).toArray(String[]::new)).waitFor();
    }

    @Test
    void whatWasKeptIsReadAfterARestartUntilTheKeyIsDeleted() throws Exception {
        assertThat(inANewProgram(null)).as("nothing yet").isNull();
        assertThat(inANewProgram("invented content")).isEqualTo("invented content");
        assertThat(inANewProgram(null)).as("after a restart").isEqualTo("invented content");
        assertThat(Files.readString(home.resolve(".IdentityService").resolve(NAME + ".sealed"),
                ISO_8859_1)).startsWith("MONOCRED").doesNotContain("invented");

        assertThat(secretTool("clear", "application", "monocred", "cache", NAME)).isZero();

        assertThat(inANewProgram(null)).as("without its key").isNull();
        assertThat(inANewProgram("new content")).isEqualTo("new content");
    }

    /** token-cache.md 2.5: each library describes its entry by attributes of its own, and the schema is one of them. */
    @ParameterizedTest
    @ValueSource(strings = {"xdg:schema msal.cache MsalClientID Microsoft.Developer.IdentityService",
            "xdg:schema msal.cache MsalClientID Microsoft.Developer.IdentityService Microsoft.Developer.IdentityService 1.0.0.0",
            "xdg:schema msal.cache.nocae MsalClientID Microsoft.Developer.IdentityService",
            "xdg:schema msal.cache.cae MsalClientID Microsoft.Developer.IdentityService",
            "xdg:schema org.freedesktop.Secret.Generic service Microsoft.Developer.IdentityService account MSALCache"})
    void whatOtherLibrariesKeepIsFoundByTheirAttributes(String attributes) throws Exception {
        Process store = process(("secret-tool store --label=invented " + attributes).split(" ", -1));
        try (OutputStream secret = store.getOutputStream()) {
            secret.write("{\"invented\":true}".getBytes(UTF_8));
        }
        assertThat(store.waitFor()).isZero();

        SharedRuntime.Lease runtime = SharedRuntime.lease();
        try {
            List<byte[]> found = Flux.fromIterable(new Storage(new Storage.Wiring(runtime, Executables.ofThisMachine(variables::get),
                    Schedulers.parallel(), SystemTime.INSTANCE)).sharedPlaces()).concatMap(SharedPlace::content)
                    .collectList().block(StorageThreads.PATIENCE);
            assertThat(found).isNotEmpty().allSatisfy(each -> assertThat(each).asString(UTF_8).isEqualTo("{\"invented\":true}"));
        } finally {
            runtime.release();
        }
    }

    @Test
    void withoutASessionItIsSaidWhatIsMissing() {
        variables.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + home.resolve("nobody"));
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        try {
            assertThat(StorageThreads.failure(new Storage(new Storage.Wiring(runtime, Executables.ofThisMachine(variables::get),
                    Schedulers.parallel(), SystemTime.INSTANCE)).store(NAME, false).read()))
                    .isInstanceOf(StorageFailure.class).hasMessageContaining("secret-tool cannot be used")
                    .hasMessageContaining("libsecret-tools").hasMessageContaining("allowUnencryptedStorage(true)");
        } finally {
            runtime.release();
        }
    }
}
