package dev.monocred.internal.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class LockFileTest {

    private static final long NOW = 1_900_000_000_000L;

    @TempDir
    private Path home;

    private LockFile lock() {
        return new LockFile(home.resolve(".IdentityService").resolve("msal.cache.nocae.lockfile"));
    }

    private void foreign(long millis) throws Exception {
        Files.createDirectories(lock().path().getParent());
        Files.writeString(lock().path(), "4711 python");
        Files.setLastModifiedTime(lock().path(), FileTime.fromMillis(millis));
    }

    @Test
    void oneHasIt() throws Exception {
        try (LockFile.Held held = lock().tryAcquire(NOW)) {
            assertThat(held).isNotNull();
            assertThat(lock().path()).hasContent(ProcessHandle.current().pid() + " monocred");
            assertThat(lock().tryAcquire(NOW)).as("another credential of this process").isNull();
        }
        assertThat(lock().path()).as("when it is released").doesNotExist();
        try (LockFile.Held again = lock().tryAcquire(NOW)) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void anothersLockIsLeftAlone() throws Exception {
        foreign(NOW - 59_000);

        assertThat(lock().tryAcquire(NOW)).isNull();
        assertThat(lock().path()).hasContent("4711 python");
    }

    @Test
    void theLockOfOneWhoDiedIsBroken() throws Exception {
        foreign(NOW - 61_000);

        try (LockFile.Held held = lock().tryAcquire(NOW)) {
            assertThat(held).isNotNull();
            assertThat(lock().path()).hasContent(ProcessHandle.current().pid() + " monocred");
        }
    }

    @Test
    void oneOfUsWhoDiedIsNotWaitedFor() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.createDirectories(lock().path().getParent());
        Files.writeString(lock().path(), dead.pid() + " monocred");

        try (LockFile.Held held = lock().tryAcquire(System.currentTimeMillis())) {
            assertThat(held).isNotNull();
        }
    }

    @Test
    void oneOfUsWhoLivesIsWaitedForThoughNobodyLockedTheFile() throws Exception {
        Files.createDirectories(lock().path().getParent());
        Files.writeString(lock().path(), ProcessHandle.current().pid() + " monocred");

        assertThat(lock().tryAcquire(System.currentTimeMillis())).isNull();
    }

    @Test
    void anotherWhoTookOverWhileWeHeldItKeepsIt() throws Exception {
        LockFile.Held held = lock().tryAcquire(NOW);
        assertThat(held).isNotNull();
        Files.delete(lock().path());
        Files.writeString(home.resolve("keeps-the-inode-number-taken"), "");
        foreign(NOW);

        held.close();

        assertThat(lock().path()).hasContent("4711 python");
        assertThat(lock().tryAcquire(NOW)).isNull();
    }

    @Test
    void aLockThatAPeerRemovedIsReleasedAllTheSame() throws Exception {
        LockFile.Held held = lock().tryAcquire(NOW);
        assertThat(held).isNotNull();
        Files.delete(lock().path());

        held.close();

        try (LockFile.Held again = lock().tryAcquire(NOW)) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void asynchronousWorkHasItToTheEnd() throws Exception {
        try (StorageThreads threads = new StorageThreads()) {
            Sinks.One<String> work = Sinks.one();
            var running = lock().whileHeld(threads.real(), work.asMono()).toFuture();
            while (!Files.exists(lock().path())) {
                Thread.onSpinWait();
            }

            work.tryEmitValue("done");

            assertThat(StorageThreads.value(Mono.fromFuture(running))).isEqualTo("done");
            assertThat(lock().path()).doesNotExist();
        }
    }

    @Test
    void workThatFailsReleasesIt() {
        try (StorageThreads threads = new StorageThreads()) {
            Throwable failure = StorageThreads.failure(lock().whileHeld(threads.real(), Mono.error(new IllegalStateException("no"))));

            assertThat(failure).isInstanceOf(IllegalStateException.class);
            assertThat(lock().path()).doesNotExist();
        }
    }
}
