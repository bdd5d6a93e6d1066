package dev.monocred.internal.tool;

import dev.monocred.internal.process.Executables;
import dev.monocred.internal.source.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Who is signed in to a tool, as a fingerprint of the files in which it notes that. They are read at most once a second and
 * only when somebody asks for a token. A token that is held across a change may be the wrong person's, so all are dropped;
 * also the one of a process that ran during the change, because it is of before or after, and nobody knows which.
 *
 * <p>Safe for use by several threads; files are read on a thread that may block, and whoever comes meanwhile waits for that.
 */
public final class AccountFiles implements Validity {

    /** How old what we know may be: people do not switch accounts and programs faster than that. */
    private static final long EVERY = Duration.ofSeconds(1).toNanos();
    /** A home directory on a network that does not answer must not hold tokens up. */
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** No account file is that large. */
    private static final long MAX_SIZE = 16L * 1024 * 1024;

    private final List<Path> files;
    private final Supplier<Scheduler> blocking;
    private final Scheduler timer;
    private final AtomicReference<@Nullable Mono<Void>> looking = new AtomicReference<>();
    private final AtomicReference<@Nullable String> fingerprint = new AtomicReference<>();
    private volatile boolean looked;
    private volatile long dueAt;

    /**
     * Watches files.
     *
     * @param files absolute paths; they need not exist
     * @param blocking gives the scheduler for reading them, at each look
     * @param timer for a limit on that
     */
    public AccountFiles(List<Path> files, Supplier<Scheduler> blocking, Scheduler timer) {
        this.files = List.copyOf(files);
        this.blocking = blocking;
        this.timer = timer;
    }

    /**
     * Tells where a tool keeps its notes.
     *
     * @param account the tool's own answer
     * @param executables where variables are looked up
     * @return absolute paths
     */
    public static List<Path> of(DeveloperTool.AccountFolder account, Executables executables) {
        String named = account.variable() == null ? null : executables.variable(account.variable());
        Path folder = named != null ? Path.of(named) : Path.of(home(executables), account.belowHome());
        return account.files().stream().map(file -> folder.resolve(file).toAbsolutePath()).toList();
    }

    /**
     * Tells where the person's own files are.
     *
     * @param executables where variables are looked up
     * @return an absolute path, if the variables name one
     */
    public static String home(Executables executables) {
        String home = executables.variable(executables.isWindows() ? "USERPROFILE" : "HOME");
        return home != null ? home : System.getProperty("user.home", "");
    }

    @Override
    public boolean isDue(long now) {
        return !looked || now - dueAt >= 0;
    }

    @Override
    public Mono<Void> look(long now, Runnable forget) {
        return Mono.defer(() -> {
            Mono<Void> mine = read(now, forget);
            Mono<Void> others = looking.compareAndExchange(null, mine);
            return others == null ? mine : others;
        });
    }

    private Mono<Void> read(long now, Runnable forget) {
        return Mono.defer(() -> Mono.fromCallable(this::current).subscribeOn(blocking.get()))
                .timeout(LIMIT, timer)
                // Who it is cannot be told: nothing that is held may be given out.
                .onErrorReturn("")
                .doOnNext(seen -> compare(seen, now, forget))
                .doOnTerminate(() -> looking.set(null))
                .then().cache();
    }

    private void compare(String seen, long now, Runnable forget) {
        String before = fingerprint.getAndSet(seen);
        if (before != null && (!before.equals(seen) || seen.isEmpty())) {
            forget.run();
        }
        dueAt = now + EVERY;
        looked = true;
    }

    /** The content, not the time: a tool may rewrite its notes without a change. */
    private String current() {
        MessageDigest digest = sha256();
        for (Path file : files) {
            digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
            digest.update(content(file));
        }
        return new String(digest.digest(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] content(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return new byte[] {0};
            }
            long size = Files.size(file);
            return size <= MAX_SIZE ? Files.readAllBytes(file)
                    : (size + "/" + Files.getLastModifiedTime(file)).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            return new byte[] {1};
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
