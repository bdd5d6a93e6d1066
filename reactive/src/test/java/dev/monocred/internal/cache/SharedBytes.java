package dev.monocred.internal.cache;

import dev.monocred.spi.TokenCacheStore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A store that several "processes" of a test share; it counts reads, and fails when it is told to. */
final class SharedBytes implements TokenCacheStore {

    private final AtomicReference<byte[]> content = new AtomicReference<>(new byte[0]);
    private final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    volatile @Nullable RuntimeException failure;

    private <T> Mono<T> unlessItFails(Mono<T> work) {
        return Mono.defer(() -> {
            RuntimeException failing = failure;
            return failing == null ? work : Mono.error(failing);
        });
    }

    @Override
    public Mono<byte[]> read() {
        return unlessItFails(Mono.fromSupplier(() -> {
            reads.incrementAndGet();
            return content.get();
        }));
    }

    @Override
    public Mono<Void> write(byte[] changed) {
        return unlessItFails(Mono.fromRunnable(() -> {
            content.set(changed);
            writes.incrementAndGet();
        }));
    }

    @Override
    public Mono<Void> update(UnaryOperator<byte[]> change) {
        return Mono.defer(() -> {
            byte[] present = content.get();
            byte[] changed = change.apply(present);
            return changed == present ? unlessItFails(Mono.empty()) : write(changed);
        });
    }

    @Override
    public Mono<String> version() {
        return unlessItFails(Mono.fromSupplier(() -> String.valueOf(writes.get())));
    }
}
