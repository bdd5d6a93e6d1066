package dev.monocred.internal.storage;

import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedToolRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The three tools as fakes, which record how they were run; the real Secret Service is RealSecretServiceTest's. */
class SecretStoresTest {

    private static final String SECRET = "aW52ZW50ZWQgc2VjcmV0IG9mIHRoaXJ0eS10d28gYnk=";

    @TempDir
    private Path home;

    private final Scheduler workers = Schedulers.newBoundedElastic(4, 100, "secret-test");
    private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
    private final FakeTool tool = FakeTool.named("secret-tool");
    private final FakeTool security = tool.beside("security");

    @AfterEach
    void end() {
        tool.close();
        workers.dispose();
    }

    private SecretTools tools() {
        Executables executables = Executables.ofThisMachine(tool.environment()::apply);
        return new SecretTools(new ProcessRunner(() -> workers, time.scheduler(), executables), executables);
    }

    private LinuxSecretService linux() {
        return new LinuxSecretService(tools());
    }

    private MacKeychain mac() {
        return new MacKeychain(tools());
    }

    private void nothingOnTheCommandLine(FakeTool used) {
        assertThat(used.runs()).flatExtracting(RecordedToolRun::arguments).noneMatch(each -> each.contains(SECRET));
    }

    @Test
    void linuxFindsWhatTheToolPrints() {
        tool.does(nothing().prints(SECRET));

        assertThat(StorageThreads.value(linux().find("msal.cache.nocae"))).isEqualTo(SECRET);
        assertThat(tool.runs().get(0).arguments()).containsExactly("lookup", "application", "monocred", "cache", "msal.cache.nocae");
    }

    @Test
    void linuxTellsNothingThereFromCannotLook() {
        tool.next(nothing().exits(1), nothing().complains("Cannot autolaunch D-Bus without X11 $DISPLAY").exits(1));

        assertThat(StorageThreads.value(linux().find("msal.cache.nocae"))).isNull();
        assertThat(StorageThreads.failure(linux().find("msal.cache.nocae"))).isInstanceOf(StorageFailure.class)
                .hasMessage("secret-tool cannot be used to keep the token cache's key: it ended with status 1 (Cannot autolaunch"
                        + " D-Bus without X11 $DISPLAY). Install it (Debian: libsecret-tools) and run inside a desktop session"
                        + " with an unlocked keyring");
    }

    @Test
    void linuxHandsTheSecretThroughTheInput() {
        Path input = home.resolve("input");
        tool.does(nothing().keepsInput(input.toString()));

        StorageThreads.value(linux().save("msal.cache.nocae", SECRET));

        assertThat(tool.runs().get(0).arguments()).containsExactly("store", "--label=Monocred token cache key: msal.cache.nocae",
                "application", "monocred", "cache", "msal.cache.nocae");
        assertThat(input).hasContent(SECRET);
        nothingOnTheCommandLine(tool);
    }

    @Test
    void aToolThatRefusesToStoreIsAFailureThatShowsNoSecret() {
        tool.does(nothing().complains("cannot store " + SECRET).exits(1));

        assertThat(StorageThreads.failure(linux().save("msal.cache.nocae", SECRET))).isInstanceOf(StorageFailure.class)
                .hasMessageContaining("status 1 (cannot store ***").hasMessageNotContaining(SECRET);
    }

    @Test
    void aToolThatNeverAnswersEndsInASentence() throws Exception {
        tool.does(nothing().hangs());
        CompletableFuture<Throwable> failure = linux().find("msal.cache.nocae").<Throwable>then(Mono.empty())
                .onErrorResume(Mono::just).toFuture();
        tool.awaitRuns(1);

        while (!failure.isDone()) {
            time.advance(Duration.ofSeconds(16));
            Thread.onSpinWait();
        }

        assertThat(failure.get()).isInstanceOf(StorageFailure.class).hasMessageContaining("did not answer within 15 s");
    }

    @Test
    void aMissingToolIsNamedWithItsRemedy() throws Exception {
        Executables nowhere = new Executables(false, name -> null, new NoFiles());
        LinuxSecretService service = new LinuxSecretService(
                new SecretTools(new ProcessRunner(() -> workers, time.scheduler(), nowhere), nowhere));

        assertThat(StorageThreads.failure(service.find("msal.cache.nocae"))).isInstanceOf(StorageFailure.class)
                .hasMessageContaining("secret-tool").hasMessageContaining("not found").hasMessageContaining("libsecret-tools");
    }

    private record NoFiles() implements Executables.FileCheck {
        @Override
        public boolean isExecutable(String path) {
            return false;
        }

        @Override
        public boolean isDirectory(String path) {
            return false;
        }
    }

    @Test
    void macFindsAndTellsNotFoundFromLocked() {
        security.next(nothing().prints(SECRET + "\n"), nothing().complains("could not be found in the keychain").exits(44),
                nothing().complains("User interaction is not allowed.").exits(36));

        assertThat(StorageThreads.value(mac().find("msal.cache.cae"))).isEqualTo(SECRET);
        assertThat(StorageThreads.value(mac().find("msal.cache.cae"))).isNull();
        assertThat(StorageThreads.failure(mac().find("msal.cache.cae"))).hasMessageContaining("User interaction is not allowed.")
                .hasMessageContaining("unlock-keychain");
        assertThat(security.runs().get(0).arguments()).containsExactly("find-generic-password", "-s", "dev.monocred.token-cache",
                "-a", "msal.cache.cae", "-w");
    }

    @Test
    void macHandsTheSecretThroughTheInteractiveModeAndReadsItBack() {
        Path input = home.resolve("input");
        security.next(nothing().keepsInput(input.toString()), nothing().prints(SECRET));

        StorageThreads.value(mac().save("msal.cache.cae", SECRET));

        assertThat(input).hasContent("add-generic-password -U -s dev.monocred.token-cache -a \"msal.cache.cae\" -w \"" + SECRET + "\"");
        assertThat(security.runs().get(0).arguments()).containsExactly("-i");
        nothingOnTheCommandLine(security);
    }

    @Test
    void macNoticesThatNothingWasStored() {
        security.next(nothing(), nothing().exits(44));

        assertThat(StorageThreads.failure(mac().save("msal.cache.cae", SECRET))).isInstanceOf(StorageFailure.class);
    }

    /** No Windows here: what it would be told, and that its file is read. */
    @Test
    void windowsSealsThroughItsInputWithAConstantScript() throws Exception {
        String script = new String(Base64.getDecoder().decode(WindowsProtectedData.arguments("Protect").get(5)),
                StandardCharsets.UTF_16LE);
        assertThat(script).contains("ProtectedData]::Protect($in, $null, 'CurrentUser')", "[Console]::In.ReadLine()");
        assertThat(WindowsProtectedData.arguments("Unprotect")).startsWith("-NoProfile", "-NonInteractive", "-OutputFormat", "Text",
                "-EncodedCommand");

        WindowsProtectedData windows = new WindowsProtectedData(tools(), home, () -> workers);
        assertThat(StorageThreads.value(windows.find("msal.cache.nocae"))).as("no file").isNull();
        Files.writeString(home.resolve("msal.cache.nocae.key"), "c2VhbGVk");
        assertThat(StorageThreads.failure(windows.find("msal.cache.nocae"))).as("no PowerShell here")
                .isInstanceOf(StorageFailure.class).hasMessageContaining("PowerShell");
    }
}
