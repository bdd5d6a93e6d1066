package dev.monocred.internal.browser;

import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.internal.process.Command;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessFailure;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.process.Program;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Opens an address in the browser that the person has chosen, by the command that each system has for that. The browser is
 * not ours: it lives on whatever happens here.
 */
public final class SystemBrowser implements Function<URI, Mono<Void>> {

    /** A command that fails does so at once; one that is itself the browser runs for hours. */
    private static final Duration WATCHED = Duration.ofSeconds(5);

    private static final Program LINUX = new Program("a browser",
            List.of("xdg-open", "wslview", "gnome-open", "sensible-browser", "microsoft-edge"), List.of(), List.of(), List.of());
    private static final Program MAC = new Program("a browser", List.of("open"), List.of("/usr/bin"), List.of(), List.of());
    private static final Program WINDOWS =
            new Program("a browser", List.of(), List.of(), List.of("rundll32.exe"), List.of("%SystemRoot%\\System32"));

    /** One of these is set where a window can appear, or where a remote desktop's editor opens links on the other side. */
    private static final List<String> DESKTOP = List.of("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER");

    private final String credential;
    private final ProcessRunner runner;
    private final Executables executables;
    private final boolean isMac;

    /**
     * Makes it; nothing is looked for.
     *
     * @param credential whose name stands first in an error
     * @param runner starts the command
     * @param executables the system and its variables
     * @param osName as in the property {@code os.name}
     */
    public SystemBrowser(String credential, ProcessRunner runner, Executables executables, String osName) {
        this.credential = credential;
        this.runner = runner;
        this.executables = executables;
        this.isMac = osName.toLowerCase(Locale.ROOT).startsWith("mac");
    }

    /** Completes when the command has ended well, or still runs after some seconds. Cancelling closes no window. */
    @Override
    public Mono<Void> apply(URI address) {
        return Mono.defer(() -> isHeadless() ? Mono.error(unavailable("there is no desktop here to open a browser on", null))
                : runner.launch(command(address))
                        .onErrorMap(ProcessFailure.class, failure -> unavailable("no browser could be opened: "
                                + failure.getMessage(), failure))
                        .flatMap(result -> result.exitCode() == 0 ? Mono.<Void>empty()
                                : Mono.error(unavailable("no browser could be opened (status " + result.exitCode() + ")", null))));
    }

    private boolean isHeadless() {
        return !isMac && !executables.isWindows() && DESKTOP.stream().allMatch(name -> executables.variable(name) == null);
    }

    Command command(URI address) {
        Program program = executables.isWindows() ? WINDOWS : isMac ? MAC : LINUX;
        List<String> arguments = executables.isWindows()
                ? List.of("url.dll,FileProtocolHandler", address.toString()) : List.of(address.toString());
        return new Command(program, arguments, Map.of(), WATCHED);
    }

    private CredentialUnavailableException unavailable(String why, @Nullable Throwable cause) {
        return new CredentialUnavailableException(credential + " is unavailable: " + why
                + ". Use DeviceCodeCredential, or open the address yourself with openBrowser(...).", cause,
                Details.NONE);
    }
}
