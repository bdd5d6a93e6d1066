package dev.monocred.internal.storage;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One file that only its owner can read, replaced as a whole: a reader sees the old content or the new, and a writer that is
 * killed leaves the old. Blocks.
 *
 * @param path absolute
 */
record CacheFile(Path path) {

    /** A thousand people's tokens; what is larger is not ours. */
    static final long MAX_BYTES = 64L * 1024 * 1024;

    private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final String TEMPORARY = ".tmp";
    private static final int MOVES = 5;

    /** Changes whenever the content does: nanoseconds and size (token-cache.md 8.1). */
    String version() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) + "/" + attributes.size() + "/" + attributes.fileKey();
        } catch (NoSuchFileException absent) {
            return "absent";
        }
    }

    /** The content, or {@code null} if there is no such file. */
    byte @Nullable [] read() throws IOException, UnreadableFileException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "not a file");
            }
            if (attributes.size() > MAX_BYTES) {
                throw new UnreadableFileException("it is larger than 64 MiB");
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /** Called by one at a time, so temporary files that are there belong to somebody who was killed. */
    void write(byte[] content) throws IOException {
        Path directory = makeDirectory(path);
        deleteLeftovers(directory);
        Path fresh = Files.createTempFile(directory, path.getFileName() + ".", TEMPORARY, ownerOnly("rw-------"));
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            move(fresh);
            sync(directory);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Puts a file that cannot be read aside, so that nobody's data is destroyed. */
    Path putAside() throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".corrupt");
        return Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
    }

    static Path makeDirectory(Path file) throws IOException {
        Path directory = requireNonNull(file.getParent(), "a folder");
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(requireNonNull(directory.getParent(), "a folder's folder"));
            try {
                Files.createDirectory(directory, ownerOnly("rwx------"));
            } catch (FileAlreadyExistsException another) {
                // Another process was faster; what is no directory fails at the next step.
            }
        }
        return directory;
    }

    static FileAttribute<?>[] ownerOnly(String permissions) {
        return POSIX ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }

    private void deleteLeftovers(Path directory) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, path.getFileName() + ".*" + TEMPORARY)) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    /** On Windows a reader, or whoever looks for viruses, may have the old file open for a moment. */
    private void move(Path fresh) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
                return;
            } catch (AccessDeniedException e) {
                if (POSIX || attempt == MOVES) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private static void pause(AccessDeniedException reason) throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }

    /** So that the new name survives a power cut too; Windows neither can nor needs it. */
    private static void sync(Path directory) throws IOException {
        if (POSIX) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
