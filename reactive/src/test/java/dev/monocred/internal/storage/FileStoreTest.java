package dev.monocred.internal.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.testing.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class FileStoreTest {

    @TempDir
    private Path home;

    private final StorageThreads threads = new StorageThreads();
    private final byte[] key = Envelope.newKey();

    @AfterEach
    void end() {
        threads.close();
    }

    private Path folder() {
        return home.resolve(".IdentityService");
    }

    private Path file() {
        return folder().resolve("msal.cache.nocae.sealed");
    }

    private FileStore store() {
        return store(threads.real(), key);
    }

    private FileStore store(FileStore.Threads on, byte[] key) {
        return new FileStore(Mono.just(new FileStore.Layout(file(), new Envelope(key, "msal.cache.nocae"))), on);
    }

    private static UnaryOperator<byte[]> appends(String text) {
        return present -> (new String(present, UTF_8) + text).getBytes(UTF_8);
    }

    private static String content(FileStore store) {
        byte[] content = StorageThreads.value(store.read());
        return content == null ? "" : new String(content, UTF_8);
    }

    @Test
    void anotherInstanceReadsWhatOneWrote() {
        StorageThreads.value(store().write("one".getBytes(UTF_8)));

        assertThat(content(store())).isEqualTo("one");
        assertThat(StorageThreads.value(store().version())).isEqualTo(StorageThreads.value(store().version()));
    }

    @Test
    void nothingIsTouchedBeforeSubscription() {
        Mono<Void> write = store().write("one".getBytes(UTF_8));
        Mono<byte[]> read = store().read();

        assertThat(home).isEmptyDirectory();
        assertThat(StorageThreads.value(read)).as("nothing there").isNull();
        StorageThreads.value(write);
        assertThat(file()).exists();
    }

    @Test
    void concurrentChangesOfSeveralInstancesAreAllKept() {
        Flux.range(0, 100).flatMap(i -> store().update(appends("x")), 20).then().block(StorageThreads.PATIENCE);

        assertThat(content(store())).hasSize(100);
        assertThat(folder().toFile().list()).containsExactly(file().getFileName().toString());
    }

    @Test
    void aChangeThatChangesNothingWritesNothing() {
        StorageThreads.value(store().update(present -> present));

        assertThat(file()).doesNotExist();
    }

    @Test
    void aLockThatAnotherHoldsForEverEndsInASentenceAndReadingGoesOn() throws Exception {
        // Long before the lock's time, so that it never looks old, however far this goes.
        ManualTime time = ManualTime.startingAt(Instant.EPOCH);
        FileStore store = store(threads.on(time), key);
        StorageThreads.value(store.write("one".getBytes(UTF_8)));
        Path lock = file().resolveSibling(file().getFileName() + ".lockfile");
        Files.writeString(lock, "4711 python");

        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        store.update(appends("two")).subscribe(ignored -> { }, failure::complete, () -> failure.completeExceptionally(new AssertionError()));
        while (!failure.isDone()) {
            time.advance(Duration.ofMillis(10));
            Thread.onSpinWait();
        }

        assertThat(failure.get()).isInstanceOf(StorageFailure.class).hasMessageContaining(lock.toString()).hasMessageContaining("Delete");
        assertThat(content(store)).isEqualTo("one");
        assertThat(lock).hasContent("4711 python");
    }

    @Test
    void whoeverLeavesWhileWaitingForTheLockLeavesNothing() throws Exception {
        ManualTime time = ManualTime.startingAt(Instant.EPOCH);
        Files.createDirectories(folder());
        Path lock = Files.writeString(file().resolveSibling(file().getFileName() + ".lockfile"), "4711 python");
        AtomicInteger changes = new AtomicInteger();
        CompletableFuture<Void> waiting = store(threads.on(time), key).update(present -> {
            changes.incrementAndGet();
            return present;
        }).toFuture();

        waiting.cancel(true);
        Files.delete(lock);
        IntStream.range(0, 100).forEach(i -> time.advance(Duration.ofMillis(10)));
        StorageThreads.value(store().write("one".getBytes(UTF_8)));

        assertThat(changes).hasValue(0);
        assertThat(lock).doesNotExist();
    }

    @Test
    void whatCannotBeOpenedCountsAsEmptyAndIsKeptAside() {
        StorageThreads.value(store(threads.real(), Envelope.newKey()).write("another key's".getBytes(UTF_8)));

        assertThat(content(store())).isEmpty();
        assertThat(file()).as("reading destroys nothing").exists();
        StorageThreads.value(store().update(appends("ours")));

        assertThat(content(store())).isEqualTo("ours");
        assertThat(file().resolveSibling(file().getFileName() + ".corrupt")).isNotEmptyFile();
    }

    @Test
    void aFolderThatMayNotBeWrittenEndsInASentenceThatNamesTheFile() throws Exception {
        Files.createDirectories(file());

        assertThat(StorageThreads.failure(store().read())).isInstanceOf(StorageFailure.class)
                .hasMessageContaining(file().toString()).hasMessageContaining("Check its permissions");
        assertThat(StorageThreads.failure(store().update(appends("x")))).isInstanceOf(StorageFailure.class);
        assertThat(file().resolveSibling(file().getFileName() + ".lockfile")).doesNotExist();
    }

    @Test
    void nobodyElseCanReadWhatIsWritten() throws Exception {
        StorageThreads.value(store().write("one".getBytes(UTF_8)));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
        assertThat(Files.readString(file(), ISO_8859_1)).doesNotContain("one");
    }
}
