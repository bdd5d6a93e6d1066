package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFileTest {

    @TempDir
    private Path home;

    private Path folder() {
        return home.resolve(".IdentityService");
    }

    private CacheFile file() {
        return new CacheFile(folder().resolve("msal.cache.nocae"));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatIsNotThereIsNull() throws Exception {
        assertThat(file().read()).isNull();
        assertThat(file().version()).isEqualTo("absent");
    }

    @Test
    void onlyTheOwnerCanReadIt() throws Exception {
        CacheFile file = file();
        file.write("one".getBytes(UTF_8));

        assertThat(permissions(file.path())).isEqualTo("rw-------");
        assertThat(permissions(folder())).isEqualTo("rwx------");
        assertThat(file.read()).asString(UTF_8).isEqualTo("one");
    }

    @Test
    void aFileThatOthersCouldReadIsReplacedByOneThatTheyCannot() throws Exception {
        CacheFile file = file();
        Files.createDirectories(folder());
        Files.writeString(file.path(), "old");
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));

        file.write("new".getBytes(UTF_8));

        assertThat(permissions(file.path())).isEqualTo("rw-------");
    }

    @Test
    void aReaderNeverSeesAPart() throws Exception {
        CacheFile file = file();
        file.write(new byte[10_000]);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            do {
                byte[] seen = content(file);
                byte[] whole = new byte[10_000];
                Arrays.fill(whole, seen[0]);
                assertThat(seen).isEqualTo(whole);
                count++;
            } while (!over.get());
            return count;
        });

        for (int i = 0; i < 300; i++) {
            byte[] content = new byte[10_000];
            Arrays.fill(content, (byte) i);
            file.write(content);
        }
        over.set(true);
        assertThat(reads.get()).isPositive();
    }

    private static byte[] content(CacheFile file) {
        try {
            byte[] content = file.read();
            return content == null ? new byte[0] : content;
        } catch (IOException | UnreadableFileException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatAKilledWriterLeftGoesWithTheNextWrite() throws Exception {
        CacheFile file = file();
        file.write("old".getBytes(UTF_8));
        Files.writeString(file.path().resolveSibling("msal.cache.nocae.123.tmp"), "half");
        Path another = Files.writeString(file.path().resolveSibling("msal.cache.cae.123.tmp"), "of another cache");

        file.write("new".getBytes(UTF_8));

        try (Stream<Path> there = Files.list(folder())) {
            assertThat(there).containsExactlyInAnyOrder(file.path(), another);
        }
    }

    @Test
    void aChangeIsNoticedThoughTimeOrSizeIsTheSame() throws Exception {
        CacheFile file = file();
        file.write("one".getBytes(UTF_8));
        FileTime time = Files.getLastModifiedTime(file.path());
        String before = file.version();

        file.write("two".getBytes(UTF_8));
        Files.setLastModifiedTime(file.path(), time);

        assertThat(file.version()).isNotEqualTo(before);
        assertThat(file.version()).isEqualTo(file.version());
    }

    @Test
    void aFolderInItsPlaceCannotBeUsed() throws Exception {
        CacheFile file = file();
        Files.createDirectories(file.path());

        assertThatThrownBy(file::read).isInstanceOf(FileSystemException.class);
    }

    @Test
    void aHugeFileIsNotRead() throws Exception {
        CacheFile file = file();
        Files.createDirectories(folder());
        try (RandomAccessFile sparse = new RandomAccessFile(file.path().toFile(), "rw")) {
            sparse.setLength(100L * 1024 * 1024);
        }

        assertThatThrownBy(file::read).isInstanceOf(UnreadableFileException.class).hasMessageContaining("64 MiB");
    }

    @Test
    void whatIsPutAsideIsKept() throws Exception {
        CacheFile file = file();
        file.write("strange".getBytes(UTF_8));

        Path aside = file.putAside();

        assertThat(aside.getFileName().toString()).isEqualTo("msal.cache.nocae.corrupt");
        assertThat(aside).hasContent("strange");
        assertThat(file.read()).isNull();
    }
}
