package dev.monocred.internal.storage;

import dev.monocred.core.TimeSource;
import dev.monocred.spi.TokenCacheStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A cache in a file that any number of processes change at the same time. A change is one piece of work on one thread that
 * may block: lock, read, change, replace, unlock; while another holds the lock nothing waits but a timer. Reading needs no lock,
 * because files are replaced as a whole.
 *
 * <p>A file that cannot be read counts as empty, with a warning, and is put aside before it would be overwritten.
 */
final class FileStore implements TokenCacheStore {

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");

    private final Mono<Layout> layout;
    private final Threads threads;
    /** The version of the unreadable file that was warned about: once is enough. */
    private final AtomicReference<@Nullable String> warned = new AtomicReference<>();

    /** Which file, and how the content lies in it. */
    record Layout(Path file, Codec codec) {

        CacheFile cacheFile() {
            return new CacheFile(file);
        }

        LockFile lock() {
            return new LockFile(file.resolveSibling(file.getFileName() + ".lockfile"));
        }
    }

    /** Where blocking work is done, and what polls. */
    record Threads(Supplier<Scheduler> io, Scheduler timer, TimeSource time) {}

    FileStore(Mono<Layout> layout, Threads threads) {
        this.layout = layout;
        this.threads = threads;
    }

    @Override
    public Mono<byte[]> read() {
        return layout.flatMap(at -> onIo(at, () -> content(at)));
    }

    @Override
    public Mono<String> version() {
        return layout.flatMap(at -> onIo(at, at.cacheFile()::version));
    }

    @Override
    public Mono<Void> write(byte[] content) {
        return update(present -> content);
    }

    @Override
    public Mono<Void> update(UnaryOperator<byte[]> change) {
        return layout.flatMap(at -> LockFile.polled(threads, at.lock().path(), onIo(at, () -> changed(at, change)))).then();
    }

    private interface Work<T> {
        @Nullable T run() throws IOException, UnreadableFileException;
    }

    private <T> Mono<T> onIo(Layout at, Work<T> work) {
        return Mono.defer(() -> Mono.<T>fromCallable(work::run).subscribeOn(threads.io.get()))
                .onErrorMap(IOException.class, e -> unusable(at.file, e));
    }

    static StorageFailure unusable(Path file, Throwable thrown) {
        return new StorageFailure("the file " + file + " cannot be used (" + thrown.getClass().getSimpleName()
                + "). Check its permissions, its folder and the space on the disk", thrown);
    }

    /** {@code true}, or {@code null} while another has the lock. */
    private @Nullable Boolean changed(Layout at, UnaryOperator<byte[]> change) throws IOException {
        try (LockFile.Held held = at.lock().tryAcquire(threads.time.wallMillis())) {
            if (held == null) {
                return null;
            }
            byte[] present = content(at);
            byte[] before = present == null ? new byte[0] : present;
            byte[] after = change.apply(before);
            if (after != before) {
                CacheFile file = at.cacheFile();
                if (present == null && !"absent".equals(file.version())) {
                    LOG.warn("The token cache {} was kept as {}", at.file, file.putAside());
                }
                file.write(at.codec.seal(after));
            }
            return true;
        }
    }

    private byte @Nullable [] content(Layout at) throws IOException {
        CacheFile file = at.cacheFile();
        try {
            byte[] stored = file.read();
            return stored == null ? null : at.codec.open(stored);
        } catch (UnreadableFileException unreadable) {
            String version = file.version();
            if (!version.equals(warned.getAndSet(version))) {
                LOG.warn("The token cache {} counts as empty: {}. Whoever signed in before has to sign in again.", at.file,
                        unreadable.getMessage());
            }
            return null;
        }
    }
}
