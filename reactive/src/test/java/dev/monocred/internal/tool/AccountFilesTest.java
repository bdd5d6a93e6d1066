package dev.monocred.internal.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.internal.process.Processes;
import dev.monocred.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

class AccountFilesTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
    private final Scheduler io = Processes.workers(2, 100);
    private final AtomicInteger forgotten = new AtomicInteger();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @AfterEach
    void end() {
        io.dispose();
    }

    private AccountFiles files() {
        return new AccountFiles(List.of(folder.resolve("profile"), folder.resolve("config")), () -> io, time.scheduler());
    }

    private void look(AccountFiles files, long now) {
        files.look(now, forgotten::incrementAndGet).block(Processes.LIMIT);
    }

    @Test
    void isDueAtFirstAndThenOnceASecond() {
        AccountFiles files = files();
        long now = Long.MAX_VALUE - SECOND / 2;
        assertThat(files.isDue(now)).isTrue();
        look(files, now);
        assertThat(files.isDue(now)).isFalse();
        assertThat(files.isDue(now + SECOND - 1)).as("across the overflow of the clock").isFalse();
        assertThat(files.isDue(now + SECOND)).isTrue();
    }

    @Test
    void forgetsWhenAFileAppearsChangesOrGoesAndOnlyThen() throws IOException {
        AccountFiles files = files();
        look(files, 0);
        look(files, SECOND);
        assertThat(forgotten).hasValue(0);

        Files.writeString(folder.resolve("profile"), "alice");
        look(files, 2 * SECOND);
        assertThat(forgotten).as("appeared").hasValue(1);
        look(files, 3 * SECOND);
        assertThat(forgotten).hasValue(1);

        Files.writeString(folder.resolve("profile"), "carol");
        look(files, 4 * SECOND);
        assertThat(forgotten).as("changed").hasValue(2);

        Files.writeString(folder.resolve("profile"), "carol");
        Files.writeString(folder.resolve("token-cache"), "x");
        look(files, 5 * SECOND);
        assertThat(forgotten).as("rewritten without a change").hasValue(2);

        Files.delete(folder.resolve("profile"));
        look(files, 6 * SECOND);
        assertThat(forgotten).as("gone").hasValue(3);
    }

    @Test
    void doesNotMistakeOneFileForAnother() throws IOException {
        AccountFiles files = files();
        Files.writeString(folder.resolve("profile"), "alice");
        look(files, 0);
        Files.move(folder.resolve("profile"), folder.resolve("config"));
        look(files, SECOND);
        assertThat(forgotten).hasValue(1);
    }

    @Test
    void nothingIsReadBeforeSubscription() throws IOException {
        AccountFiles files = files();
        Mono<Void> unsubscribed = files.look(0, forgotten::incrementAndGet);
        assertThat(files.isDue(0)).isTrue();
        Files.writeString(folder.resolve("profile"), "alice");
        unsubscribed.block(Processes.LIMIT);
        look(files, SECOND);
        assertThat(forgotten).hasValue(0);
    }

    @Test
    void thoseWhoComeDuringALookShareIt() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        AccountFiles files = new AccountFiles(List.of(folder.resolve("profile")), () -> {
            reads.incrementAndGet();
            return io;
        }, time.scheduler());
        look(files, 0);
        Files.writeString(folder.resolve("profile"), "alice");

        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            io.schedule(() -> Processes.await("the test", () -> released.get() > 0));
        }
        List<Disposable> waiting = List.of(files.look(SECOND, forgotten::incrementAndGet).subscribe(),
                files.look(SECOND, forgotten::incrementAndGet).subscribe(), files.look(SECOND, forgotten::incrementAndGet).subscribe());
        waiting.get(0).dispose();
        released.set(1);
        Processes.await("the look", () -> waiting.stream().allMatch(Disposable::isDisposed));
        assertThat(reads).hasValue(2);
        assertThat(forgotten).as("once, though three asked and the first left").hasValue(1);
    }

    @Test
    void whatCannotBeReadIsForgottenAndHoldsNobodyUp() {
        Scheduler[] used = {io};
        AccountFiles files = new AccountFiles(List.of(folder.resolve("profile")), () -> used[0], time.scheduler());
        look(files, 0);
        Scheduler refusing = Processes.workers(1, 1);
        refusing.dispose();
        used[0] = refusing;
        look(files, SECOND);
        assertThat(forgotten).as("refused with " + RejectedExecutionException.class.getSimpleName()).hasValue(1);

        used[0] = io;
        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            io.schedule(() -> Processes.await("the test", () -> released.get() > 0));
        }
        Disposable waiting = files.look(2 * SECOND, forgotten::incrementAndGet).subscribe();
        time.advance(Duration.ofSeconds(5));
        Processes.await("the limit", waiting::isDisposed);
        released.set(1);
        assertThat(forgotten).as("a file system that does not answer").hasValue(2);
    }

    @Test
    void afterAFailedLookTheNextCounts() {
        Scheduler[] used = {io};
        AccountFiles files = new AccountFiles(List.of(folder.resolve("profile")), () -> used[0], time.scheduler());
        look(files, 0);
        Scheduler refusing = Processes.workers(1, 1);
        refusing.dispose();
        used[0] = refusing;
        look(files, SECOND);
        used[0] = io;
        look(files, 2 * SECOND);
        assertThat(forgotten).as("who it was meanwhile is unknown").hasValue(2);
        look(files, 3 * SECOND);
        assertThat(forgotten).hasValue(2);
    }
}
