package dev.monocred.internal.storage;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.runtime.SharedRuntime;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What another program keeps in the operating system's secret store under a service and an account. Only read. Runs one
 * process for each look; never blocks whoever subscribes, and cancelling kills the process.
 */
public final class SecretItems {

    private final SecretTools tools;

    /**
     * Looks into this machine's store; nothing is started yet.
     *
     * @param runtime the credential's share of what the process has
     * @param executables where the tools are looked for, and variables
     * @param timer runs delays
     */
    public SecretItems(SharedRuntime.Lease runtime, Executables executables, Scheduler timer) {
        this.tools = new SecretTools(new ProcessRunner(runtime::process, timer, executables), executables);
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
        if (tools.executables().isWindows()) {
            return Mono.error(() -> new StorageFailure("Windows has no program that shows what others keep in the Credential"
                    + " Manager. Sign in with something else", null));
        }
        boolean isMac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        return isMac ? new MacKeychain(tools).findShared(service, account)
                : new LinuxSecretService(tools).findShared(List.of("service", service, "account", account));
    }
}
