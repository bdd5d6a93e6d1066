package dev.monocred.internal.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that somebody else replaces while we run, by moving a link for example: it is opened anew for each reading. Never
 * more of it is read than it may have.
 *
 * @param path where it is
 * @param largest how many bytes it may have
 * @param what it should be, as in {@code token}
 */
public record SmallFile(Path path, int largest, String what) {

    private static final int KIB = 1024;
    private static final int MIB = KIB * KIB;

    /** Reads all of it; blocks. */
    public byte[] read() throws Unusable {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new Unusable(Files.isDirectory(path) ? "is a directory" : "is no regular file", null);
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(largest + 1);
            if (content.length > largest) {
                throw new Unusable("is larger than " + size() + ", so it is no " + what, null);
            }
            return content;
        } catch (NoSuchFileException missing) {
            throw new Unusable("does not exist", missing);
        } catch (AccessDeniedException denied) {
            throw new Unusable("may not be read by this process", denied);
        } catch (IOException failed) {
            throw new Unusable("cannot be read: " + failed.getClass().getSimpleName(), failed);
        }
    }

    private String size() {
        return largest < MIB ? largest / KIB + " KiB" : largest / MIB + " MiB";
    }

    /** What is wrong with it: one clause that goes on "the file …". */
    public static final class Unusable extends Exception {

        private static final long serialVersionUID = 1L;

        /**
         * Says what is wrong.
         *
         * @param clause goes on "the file …"
         * @param cause what lies behind it, or {@code null}
         */
        public Unusable(String clause, @Nullable Throwable cause) {
            super(clause, cause);
        }

        /** Says what is wrong. */
        public String clause() {
            return String.valueOf(getMessage());
        }
    }
}
