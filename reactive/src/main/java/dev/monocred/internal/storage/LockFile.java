package dev.monocred.internal.storage;

import dev.monocred.internal.storage.FileStore.Threads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps other processes out, and other credentials of this one. Who created the file has the lock: that is what the other
 * languages' libraries understand, too. Its holder also locks the file with the operating system, which undoes that when the
 * holder dies, so a file that is not locked, and is old or names one of us who is gone, belongs to nobody (token-cache.md
 * 8.1, 7).
 *
 * <p>Nothing here blocks for it: {@link #tryAcquire} takes the lock or does not.
 *
 * @param path absolute
 */
record LockFile(Path path) {

    static final Duration LIMIT = Duration.ofSeconds(10);
    static final Duration POLL = Duration.ofMillis(10);

    /** Nobody who lives holds a lock that long, whoever it is. */
    private static final Duration STALE = Duration.ofSeconds(60);
    private static final Pattern HOLDER = Pattern.compile("(\\d{1,18}) monocred");
    /** Closing any handle of a file gives up this process's lock on it: never look into a file that is ours (POSIX). */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet(1);

    /** The lock while it is held. */
    record Held(Path path, FileChannel channel, BasicFileAttributes file) implements AutoCloseable {

        /** Removes the file, but not the one of somebody who took us for dead. */
        @Override
        public void close() throws IOException {
            try (channel) {
                if (Objects.equals(file.fileKey(), Files.readAttributes(path, BasicFileAttributes.class).fileKey())) {
                    Files.deleteIfExists(path);
                }
            } catch (NoSuchFileException removedByAPeer) {
                // Then it is free.
            } finally {
                HELD_HERE.remove(path);
            }
        }
    }

    /**
     * Does work once it can. While another holds the lock nothing waits but a timer.
     *
     * @param attempt the work, tried again and again on a thread that may block; empty while another holds the lock
     */
    static <T> Mono<T> polled(Threads threads, Path lock, Mono<T> attempt) {
        return Mono.defer(() -> {
            long giveUpAt = threads.time().nanos() + LIMIT.toNanos();
            return attempt.repeatWhenEmpty(Integer.MAX_VALUE, busy -> busy.delayElements(POLL, threads.timer())
                            .takeWhile(again -> threads.time().nanos() - giveUpAt < 0))
                    .switchIfEmpty(Mono.error(() -> new StorageFailure("another program has held the lock " + lock + " for "
                            + LIMIT.toSeconds() + " s. Delete that file if no such program runs", null)));
        });
    }

    /** Keeps others out while asynchronous work runs. The caller must not cancel it. */
    <T> Mono<T> whileHeld(Threads threads, Mono<T> work) {
        Mono<Held> acquired = polled(threads, path, onIo(threads, () -> tryAcquire(threads.time().wallMillis())));
        return Mono.usingWhen(acquired, held -> work, held -> onIo(threads, () -> {
            held.close();
            return null;
        }));
    }

    private <T> Mono<T> onIo(Threads threads, Callable<@Nullable T> work) {
        return Mono.defer(() -> Mono.<T>fromCallable(work).subscribeOn(threads.io().get()))
                .onErrorMap(IOException.class, e -> FileStore.unusable(path, e));
    }

    /** Takes the lock, or gives {@code null} if another has it. */
    @Nullable Held tryAcquire(long nowMillis) throws IOException {
        if (!HELD_HERE.add(path)) {
            return null;
        }
        Held held = null;
        try {
            held = create();
            if (held == null && breakIfStale(nowMillis)) {
                held = create();
            }
            return held;
        } finally {
            if (held == null) {
                HELD_HERE.remove(path);
            }
        }
    }

    /** The file appears with its holder's name in it and locked: whoever is killed here leaves nothing that others wait for. */
    private @Nullable Held create() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        Path fresh = Files.createTempFile(CacheFile.makeDirectory(path), path.getFileName() + ".", ".tmp",
                CacheFile.ownerOnly("rw-------"));
        try {
            return held(fresh);
        } catch (NoSuchFileException sweptAway) {
            // Whoever has the lock takes it for what somebody who was killed left behind.
            return null;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private @Nullable Held held(Path fresh) throws IOException {
        FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE);
        boolean isHeld = false;
        try {
            channel.lock();
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + " monocred").getBytes(StandardCharsets.US_ASCII)));
            isHeld = isFirst(fresh);
            return isHeld ? new Held(path, channel, Files.readAttributes(path, BasicFileAttributes.class)) : null;
        } finally {
            if (!isHeld) {
                channel.close();
            }
        }
    }

    /** A link is made only where there is nothing yet, in one step. */
    private boolean isFirst(Path fresh) throws IOException {
        try {
            Files.createLink(path, fresh);
            return true;
        } catch (FileAlreadyExistsException anothers) {
            return false;
        }
    }

    /** Only while the dead holder's file itself is locked, so that two who find it do not delete each other's new one. */
    private boolean breakIfStale(long nowMillis) throws IOException {
        try {
            BasicFileAttributes seen = Files.readAttributes(path, BasicFileAttributes.class);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                boolean isStale = lock != null && isSame(seen, Files.readAttributes(path, BasicFileAttributes.class))
                        && (nowMillis - seen.lastModifiedTime().toMillis() >= STALE.toMillis() || isOfOneWhoDied(channel));
                return isStale && Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            return true;
        } catch (OverlappingFileLockException ours) {
            return false;
        }
    }

    /** Its own word and the lock together: a process id alone may be one of another container. */
    private static boolean isOfOneWhoDied(FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(64);
        channel.read(start);
        Matcher holder = HOLDER.matcher(new String(start.array(), 0, start.position(), StandardCharsets.US_ASCII));
        return holder.matches() && ProcessHandle.of(Long.parseLong(holder.group(1))).isEmpty();
    }

    private static boolean isSame(BasicFileAttributes one, BasicFileAttributes other) {
        return Objects.equals(one.fileKey(), other.fileKey()) && one.lastModifiedTime().equals(other.lastModifiedTime());
    }
}
