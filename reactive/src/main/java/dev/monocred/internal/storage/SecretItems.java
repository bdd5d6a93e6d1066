package dev.monocred.internal.storage;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.process.Program;
import dev.monocred.internal.runtime.SharedRuntime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What another program keeps in the operating system's secret store under a service and an account. Only read. Runs one
 * process for each look; never blocks whoever subscribes, and cancelling kills the process.
 */
public final class SecretItems {

    private static final SecretTools.Tool LINUX = new SecretTools.Tool(
            new Program("secret-tool", List.of("secret-tool"), List.of("/usr/bin", "/usr/local/bin"), List.of(), List.of()), "");
    private static final SecretTools.Tool MAC = new SecretTools.Tool(
            new Program("security", List.of("security"), List.of("/usr/bin"), List.of(), List.of()), "");
    /** errSecItemNotFound, as the tool's exit status shows it. */
    private static final int NOT_FOUND_ON_MAC = 44;

    private final SecretTools tools;
    private final Host host;

    /** Whose store it is. */
    enum Host { WINDOWS, MAC, OTHER }

    /**
     * Looks into this machine's store; nothing is started yet.
     *
     * @param runtime the credential's share of what the process has
     * @param executables where the tools are looked for, and variables
     * @param timer runs delays
     */
    public SecretItems(SharedRuntime.Lease runtime, Executables executables, Scheduler timer) {
        this(new SecretTools(new ProcessRunner(runtime::process, timer, executables), executables), host(executables));
    }

    SecretItems(SecretTools tools, Host host) {
        this.tools = tools;
        this.host = host;
    }

    private static Host host(Executables executables) {
        if (executables.isWindows()) {
            return Host.WINDOWS;
        }
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac") ? Host.MAC : Host.OTHER;
    }

    /**
     * Looks an item up.
     *
     * @param service the name of the program that keeps it
     * @param account the name of the item
     * @return the secret; empty if there is none; fails with {@link StorageFailure} if one cannot look, as on Windows, which
     *     has no program for that
     */
    public Mono<String> find(String service, String account) {
        return switch (host) {
            case WINDOWS -> Mono.error(() -> unusable("on Windows no program shows it", null));
            case MAC -> look(MAC, List.of("find-generic-password", "-s", service, "-a", account, "-w"));
            case OTHER -> look(LINUX, List.of("lookup", "service", service, "account", account));
        };
    }

    private Mono<String> look(SecretTools.Tool tool, List<String> arguments) {
        String name = tool.program().name();
        return tools.run(tool, arguments, "")
                .onErrorMap(StorageFailure.class, e -> unusable(name + ": " + clause(e), e.getCause()))
                .flatMap(result -> {
                    if (result.exitCode() == 0) {
                        return Mono.just(result.outputText().strip());
                    }
                    return isAbsent(tool, result) ? Mono.empty()
                            : Mono.error(unusable(name + ": " + SecretTools.complaint(result), null));
                });
    }

    /** libsecret's tool says nothing when there is nothing, and ends with the same status when it cannot look. */
    private static boolean isAbsent(SecretTools.Tool tool, ProcessResult result) {
        return tool.equals(MAC) ? result.exitCode() == NOT_FOUND_ON_MAC : result.errorText().isBlank();
    }

    private static String clause(StorageFailure failure) {
        Throwable cause = failure.getCause();
        return String.valueOf((cause == null ? failure : cause).getMessage());
    }

    private static StorageFailure unusable(String clause, @Nullable Throwable cause) {
        return new StorageFailure("What another program keeps in the secret store cannot be read (" + clause + "). Unlock it, or"
                + " sign in with something else", cause);
    }
}
