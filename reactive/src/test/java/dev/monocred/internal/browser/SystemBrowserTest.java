package dev.monocred.internal.browser;

import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.internal.process.Command;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.process.Processes;
import dev.monocred.internal.process.Program;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedToolRun;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** entra.md 3.7, checklist 41; S-1, S-2. */
class SystemBrowserTest {

    private static final URI ADDRESS = URI.create("https://login.example.com/a/authorize?a=b%20c&d=%24%28id%29&e=%27;x");

    private final FakeTool tool = FakeTool.named("xdg-open");
    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final Scheduler workers = Processes.workers(1, 10);

    @AfterEach
    void close() {
        tool.close();
        workers.dispose();
    }

    private SystemBrowser browser(@Nullable String desktop) {
        return browser(executables(false, tool.folder().toString(), desktop), "Linux");
    }

    private SystemBrowser browser(Executables executables, String osName) {
        return new SystemBrowser("TheCredential", new ProcessRunner(() -> workers, time.scheduler(), executables), executables, osName);
    }

    private static Executables executables(boolean isWindows, String path, @Nullable String desktop) {
        return new Executables(isWindows, name -> name.equals("PATH") ? path : name.equals(desktop) ? "set" : null,
                new Executables.FileCheck() {
                    @Override
                    public boolean isExecutable(String file) {
                        return Files.isExecutable(Path.of(file));
                    }

                    @Override
                    public boolean isDirectory(String file) {
                        return Files.isDirectory(Path.of(file));
                    }
                });
    }

    private static Throwable failure(SystemBrowser browser) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        browser.apply(ADDRESS).doOnError(failure::set).onErrorComplete().block(Processes.LIMIT);
        Throwable thrown = failure.get();
        assertThat(thrown).isInstanceOf(CredentialUnavailableException.class);
        return Objects.requireNonNull(thrown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"})
    void theAddressReachesTheCommandAsOneArgument(String desktop) {
        browser(desktop).apply(ADDRESS).block(Processes.LIMIT);

        assertThat(tool.runs()).singleElement().extracting(RecordedToolRun::arguments).isEqualTo(List.of(ADDRESS.toString()));
    }

    @Test
    void nothingIsOpenedBeforeSubscription() {
        assertThat(browser("DISPLAY").apply(ADDRESS)).isNotNull();
        assertThat(tool.runCount()).isZero();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "SSH_TTY")
    void withoutADesktopNothingIsStarted(@Nullable String variable) {
        assertThat(failure(browser(variable))).hasMessage("TheCredential is unavailable: there is no desktop here to open a browser"
                + " on. Use DeviceCodeCredential, or open the address yourself with openBrowser(...).");
        assertThat(tool.runCount()).isZero();
    }

    @Test
    void aCommandThatFailsMakesItUnavailable() {
        tool.does(nothing().complains("no browser: $BROWSER").exits(3));
        assertThat(failure(browser("DISPLAY"))).hasMessageContaining("no browser could be opened (status 3)");
    }

    @Test
    void aMachineWithoutTheCommandMakesItUnavailable() {
        assertThat(failure(browser(executables(false, "/nowhere", "DISPLAY"), "Linux")))
                .hasMessageContaining("no browser could be opened: it was not found");
    }

    /** Where no browser runs yet, xdg-open becomes it: killing that would close the person's windows. */
    @Test
    void aCommandThatIsTheBrowserLivesOn() {
        tool.does(nothing().floods(300_000).hangs());
        CompletableFuture<String> opened = browser("DISPLAY").apply(ADDRESS).thenReturn("opened").toFuture();
        tool.awaitRuns(1);
        assertThat(opened).isNotDone();

        time.advance(Duration.ofSeconds(5));

        assertThat(opened.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("opened");
        long pid = tool.runs().get(0).processIds().get(0);
        tool.does(nothing());
        browser("DISPLAY").apply(ADDRESS).block(Processes.LIMIT); // there is one worker, so it has let go
        assertThat(Processes.isRunning(pid)).as("even when its worker has gone on to others").isTrue();
        tool.runs().forEach(run -> run.processIds().forEach(each -> ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly)));
    }

    /** Nobody reads what a browser writes in its hours: into a pipe it would stop at 64 KiB, or die of our end. */
    @Test
    void whatItWritesLaterDoesNotStopIt() {
        Path written = tool.folder().resolve("written");
        tool.holds().does(nothing().floods(300_000).floodsErrors(300_000).writes(written.toString(), "done"));
        CompletableFuture<String> opened = browser("DISPLAY").apply(ADDRESS).thenReturn("opened").toFuture();
        tool.awaitRuns(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(opened.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("opened");

        tool.releases();

        Processes.await("it has written everything", () -> Files.exists(written));
    }

    @Test
    void cancellingClosesNoWindow() {
        tool.does(nothing().hangs());
        Disposable opening = browser("DISPLAY").apply(ADDRESS).subscribe();
        tool.awaitRuns(1);
        long pid = tool.runs().get(0).processIds().get(0);

        opening.dispose();
        tool.does(nothing());
        browser("DISPLAY").apply(ADDRESS).block(Processes.LIMIT); // there is one worker, so it has let go

        assertThat(Processes.isRunning(pid)).isTrue();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void eachSystemHasItsCommand() {
        assertThat(command(false, "Mac OS X").program().posixNames()).containsExactly("open");
        Command windows = command(true, "Windows 11");
        assertThat(windows.program().windowsNames()).containsExactly("rundll32.exe");
        assertThat(windows.arguments()).containsExactly("url.dll,FileProtocolHandler", ADDRESS.toString());
        Program linux = command(false, "Linux").program();
        assertThat(linux.posixNames()).startsWith("xdg-open", "wslview");
    }

    private Command command(boolean isWindows, String osName) {
        return browser(executables(isWindows, "", null), osName).command(ADDRESS);
    }
}
