package dev.monocred.internal.storage;

import dev.monocred.internal.runtime.SystemTime;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Threads for storage tests, and a wait that gives up only when something hangs. */
final class StorageThreads implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scheduler io = Schedulers.newBoundedElastic(4, 1000, "storage-test");

    FileStore.Threads real() {
        return new FileStore.Threads(() -> io, Schedulers.parallel(), SystemTime.INSTANCE);
    }

    FileStore.Threads on(ManualTime time) {
        return new FileStore.Threads(() -> io, time.scheduler(), time);
    }

    static <T> @Nullable T value(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    static Throwable failure(Mono<?> mono) {
        Throwable failure = mono.<Throwable>then(Mono.empty()).onErrorResume(Mono::just).block(PATIENCE);
        if (failure == null) {
            throw new AssertionError("expected a failure");
        }
        return failure;
    }

    @Override
    public void close() {
        io.dispose();
    }
}
