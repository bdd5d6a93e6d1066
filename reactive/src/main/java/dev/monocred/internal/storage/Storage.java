package dev.monocred.internal.storage;

import dev.monocred.core.TimeSource;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.storage.FileStore.Layout;
import dev.monocred.internal.storage.FileStore.Threads;
import dev.monocred.spi.TokenCacheStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Chooses how a cache is kept on this machine: sealed, with a key that the operating system keeps; or, only if that was
 * allowed and no such place works, as it is. Opens nothing before the first use; the choice is made once.
 */
public final class Storage {

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    private final Wiring wiring;
    private final Supplier<SealingKeys.Known> known;
    private final Path directory;
    private final Threads threads;

    /**
     * What comes from outside.
     *
     * @param runtime the credential's share of what the process has
     * @param executables where the tools are looked for, and variables
     * @param timer runs delays
     * @param time both clocks
     */
    public record Wiring(SharedRuntime.Lease runtime, Executables executables, Scheduler timer, TimeSource time) {}

    /** Keeps caches in the folder that all libraries of this kind share (token-cache.md 2.2). */
    public Storage(Wiring wiring) {
        this(wiring, () -> wiring.runtime.shared(SealingKeys.Known.class, SealingKeys.Known::new));
    }

    /** With keys that another set of credentials knows, or nobody yet. */
    Storage(Wiring wiring, Supplier<SealingKeys.Known> known) {
        this.wiring = wiring;
        this.known = known;
        this.directory = directory(wiring.executables);
        this.threads = new Threads(wiring.runtime::io, wiring.timer, wiring.time);
    }

    /**
     * Checks the name of a cache: part of a file's name and of a secret's.
     *
     * @throws IllegalArgumentException if it has other characters or is too long
     */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches() || name.contains("..")) {
            throw new IllegalArgumentException("the name of a token cache takes up to 64 letters, digits, '.', '_' and '-', and"
                    + " begins with neither '.' nor '-', but is '" + name + "'");
        }
        return name;
    }

    static Path directory(Executables executables) {
        String local = executables.isWindows() ? executables.variable("LOCALAPPDATA") : null;
        if (local != null) {
            return Path.of(local, ".IdentityService");
        }
        String named = executables.variable(executables.isWindows() ? "USERPROFILE" : "HOME");
        Path home = Path.of(named != null ? named : System.getProperty("user.home", "")).toAbsolutePath();
        return (executables.isWindows() ? home.resolve("AppData").resolve("Local") : home).resolve(".IdentityService");
    }

    /**
     * Keeps one cache.
     *
     * @param name the cache's full name
     * @param allowUnencrypted whether it may lie there as it is where nothing keeps a key
     */
    public TokenCacheStore store(String name, boolean allowUnencrypted) {
        return new FileStore(sealedLayout(name).onErrorResume(StorageFailure.class, failure -> plain(name, allowUnencrypted, failure))
                .cache(chosen -> FOR_EVER, failed -> Duration.ZERO, () -> Duration.ZERO), threads);
    }

    /**
     * Where the programs of this machine keep what they share, and where a cache of ours has the shared name. Nothing is read
     * yet.
     */
    public List<SharedPlace> sharedPlaces() {
        SecretTools tools = tools();
        SharedPlaces places = new SharedPlaces(directory, threads, this::sealed);
        if (wiring.executables.isWindows()) {
            return places.windows(new WindowsProtectedData(tools, directory, wiring.runtime::io));
        }
        return isMac() ? places.mac(new MacKeychain(tools)) : places.linux(new LinuxSecretService(tools));
    }

    private FileStore sealed(String name) {
        return new FileStore(sealedLayout(name), threads);
    }

    private Mono<Layout> sealedLayout(String name) {
        return Mono.defer(() -> keys(name).key(name))
                .map(key -> new Layout(directory.resolve(name + SharedPlaces.SEALED), new Envelope(key, name)));
    }

    private SealingKeys keys(String name) {
        return new SealingKeys(known.get(), secrets(),
                new LockFile(directory.resolve(name + ".key.lockfile")), threads);
    }

    private SecretStore secrets() {
        SecretTools tools = tools();
        if (wiring.executables.isWindows()) {
            return new WindowsProtectedData(tools, directory, wiring.runtime::io);
        }
        return isMac() ? new MacKeychain(tools) : new LinuxSecretService(tools);
    }

    private SecretTools tools() {
        return new SecretTools(new ProcessRunner(wiring.runtime::process, wiring.timer, wiring.executables), wiring.executables);
    }

    private static boolean isMac() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
    }

    private Mono<Layout> plain(String name, boolean isAllowed, StorageFailure failure) {
        if (!isAllowed) {
            return Mono.error(new StorageFailure(failure.getMessage()
                    + "; or let tokens lie on the disk unencrypted, with allowUnencryptedStorage(true)", failure, true));
        }
        Path file = directory.resolve(name);
        LOG.warn("Tokens are kept UNENCRYPTED in {}, as allowUnencryptedStorage permits: {}.", file, failure.getMessage());
        return Mono.just(new Layout(file, Codec.PLAIN));
    }
}
