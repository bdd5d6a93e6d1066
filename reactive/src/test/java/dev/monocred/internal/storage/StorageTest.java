package dev.monocred.internal.storage;

import static dev.monocred.testing.ToolScript.nothing;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.runtime.SystemTime;
import dev.monocred.spi.TokenCacheStore;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.RecordedToolRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Which store is taken, with a fake secret-tool that keeps its secrets in a folder. */
@EnabledOnOs(OS.LINUX)
class StorageTest {

    private static final String NAME = "msal.cache.nocae";

    @TempDir
    private Path home;

    private final SharedRuntime.Lease runtime = SharedRuntime.lease();
    private final SealingKeys.Known known = new SealingKeys.Known();
    private FakeTool tool;

    @BeforeEach
    void makeTool() {
        tool = FakeTool.named("secret-tool");
        keepsSecrets();
    }

    @AfterEach
    void end() {
        runtime.release();
        tool.close();
    }

    /** As the real one: what is stored is found again, under its last argument. */
    private void keepsSecrets() {
        Path kept = home.resolve("kept");
        tool.does("store", nothing().keepsInput(kept.toString()), nothing().printsFile(kept.toString()));
    }

    private Storage storage() {
        return storage(runtime, known);
    }

    /** A program that has just started. */
    private Storage storage(SharedRuntime.Lease lease) {
        return storage(lease, new SealingKeys.Known());
    }

    private Storage storage(SharedRuntime.Lease lease, SealingKeys.Known known) {
        Map<String, String> variables = new HashMap<>(Map.of("HOME", home.toString()));
        Executables executables = Executables.ofThisMachine(name -> variables.getOrDefault(name, tool.environment().apply(name)));
        return new Storage(new Storage.Wiring(lease, executables, Schedulers.parallel(), SystemTime.INSTANCE), () -> known);
    }

    private Path folder() {
        return home.resolve(".IdentityService");
    }

    private static @Nullable String content(TokenCacheStore store) {
        byte[] content = StorageThreads.value(store.read());
        return content == null ? null : new String(content, UTF_8);
    }

    @Test
    void whatIsKeptIsSealedAndSurvives() throws Exception {
        StorageThreads.value(storage().store(NAME, false).write("invented".getBytes(UTF_8)));
        runtime.release();
        SharedRuntime.Lease restarted = SharedRuntime.lease();
        try {
            assertThat(content(storage(restarted).store(NAME, false))).isEqualTo("invented");
        } finally {
            restarted.release();
        }
        try (var files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile)).noneSatisfy(file ->
                    assertThat(Files.readString(file, ISO_8859_1)).contains("invented"));
        }
        assertThat(folder().resolve(NAME + ".sealed")).exists();
    }

    @Test
    void makingItTouchesNothing() {
        storage().store(NAME, false);

        assertThat(tool.runs()).isEmpty();
        assertThat(folder()).doesNotExist();
    }

    @Test
    void theKeyIsAskedForOnceInAProcess() {
        StorageThreads.value(storage().store(NAME, false).write("one".getBytes(UTF_8)));
        int runs = tool.runs().size();

        StorageThreads.value(storage().store(NAME, false).write("two".getBytes(UTF_8)));
        assertThat(content(storage().store(NAME, false))).isEqualTo("two");

        assertThat(tool.runs()).hasSize(runs);
        assertThat(tool.runs()).extracting(run -> run.arguments().get(0)).containsExactly("lookup", "lookup", "store");
    }

    @Test
    void aKeyThatWasDeletedMeansThatNothingIsRemembered() throws Exception {
        StorageThreads.value(storage().store(NAME, false).write("one".getBytes(UTF_8)));
        runtime.release();
        Files.delete(home.resolve("kept"));
        SharedRuntime.Lease restarted = SharedRuntime.lease();
        try {
            TokenCacheStore store = storage(restarted).store(NAME, false);
            assertThat(content(store)).isNull();
            StorageThreads.value(store.write("two".getBytes(UTF_8)));
            assertThat(content(store)).isEqualTo("two");
            assertThat(folder().resolve(NAME + ".sealed.corrupt")).exists();
        } finally {
            restarted.release();
        }
    }

    @Test
    void whereNothingKeepsAKeyTheErrorNamesTheOption() {
        tool.does(nothing().complains("Cannot autolaunch D-Bus without X11 $DISPLAY").exits(1));

        assertThat(StorageThreads.failure(storage().store(NAME, false).read())).isInstanceOf(StorageFailure.class)
                .hasMessageContaining("secret-tool cannot be used").hasMessageContaining("allowUnencryptedStorage(true)");
        assertThat(folder()).doesNotExist();
    }

    @Test
    void ifItWasAllowedTokensLieThereAsTheyAre() throws Exception {
        tool.does(nothing().complains("Cannot autolaunch D-Bus without X11 $DISPLAY").exits(1));
        TokenCacheStore store = storage().store(NAME, true);

        StorageThreads.value(store.write("{}".getBytes(UTF_8)));
        StorageThreads.value(store.read());

        assertThat(folder().resolve(NAME)).hasContent("{}");
        assertThat(tool.runs()).as("the choice is made once").extracting(RecordedToolRun::arguments).hasSize(1);
    }

    @Test
    void whatIsAllowedIsNotDoneWhereAKeyIsKept() {
        StorageThreads.value(storage().store(NAME, true).write("{}".getBytes(UTF_8)));

        assertThat(folder().resolve(NAME)).doesNotExist();
        assertThat(folder().resolve(NAME + ".sealed")).exists();
    }

    @Test
    void everySystemHasItsFolder() {
        assertThat(directory(false, Map.of("HOME", "/home/ada"))).isEqualTo("/home/ada/.IdentityService");
        assertThat(directory(true, Map.of("LOCALAPPDATA", "/local", "USERPROFILE", "/ada"))).isEqualTo("/local/.IdentityService");
        assertThat(directory(true, Map.of("USERPROFILE", "/ada"))).isEqualTo("/ada/AppData/Local/.IdentityService");
        assertThat(directory(false, Map.of())).isEqualTo(System.getProperty("user.home") + "/.IdentityService");
    }

    private static String directory(boolean windows, Map<String, String> variables) {
        return Storage.directory(new Executables(windows, variables::get, new Executables.FileCheck() {
            @Override
            public boolean isExecutable(String path) {
                return false;
            }

            @Override
            public boolean isDirectory(String path) {
                return false;
            }
        })).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "../x", "a/b", "a\\b", "a..b", ".hidden", "-x", "a b", "a\"b",
            "a234567890123456789012345678901234567890123456789012345678901234567890"})
    void namesThatAreNoFilesNameAreRefused(String name) {
        assertThatThrownBy(() -> Storage.checkName(name)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }

    @Test
    void usualNamesAreTaken() {
        assertThatCode(() -> Storage.checkName("msal.cache.nocae")).doesNotThrowAnyException();
        assertThatCode(() -> Storage.checkName("my_app-1")).doesNotThrowAnyException();
    }
}
