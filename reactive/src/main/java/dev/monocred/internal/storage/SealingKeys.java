package dev.monocred.internal.storage;

import dev.monocred.internal.storage.FileStore.Threads;
import java.util.Base64;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The keys of this person's caches, one for each. A key is asked for once in a process, and made by the first process that
 * finds none; a lock lets no two make one.
 */
final class SealingKeys {

    private final ConcurrentMap<String, byte[]> known;
    private final SecretStore secrets;
    private final LockFile lock;
    private final Threads threads;

    /** What the process knows already. */
    static final class Known extends ConcurrentHashMap<String, byte[]> {

        private static final long serialVersionUID = 1L;

        Known() {
            super(2);
        }
    }

    SealingKeys(ConcurrentMap<String, byte[]> known, SecretStore secrets, LockFile lock, Threads threads) {
        this.known = known;
        this.secrets = secrets;
        this.lock = lock;
        this.threads = threads;
    }

    /** Gives the key of a cache, made now if there is none. */
    Mono<byte[]> key(String cache) {
        return Mono.defer(() -> {
            // Its place tells caches of the same name apart.
            String place = lock.path().toString();
            byte[] present = known.get(place);
            return present != null ? Mono.just(present) : find(cache).switchIfEmpty(make(cache))
                    .doOnNext(key -> known.put(place, key));
        });
    }

    /** What is no key counts as none: somebody else's entry, or a damaged one. */
    private Mono<byte[]> find(String cache) {
        return secrets.find(cache).flatMap(secret -> Mono.justOrEmpty(decoded(secret)));
    }

    private static byte @Nullable [] decoded(String secret) {
        try {
            byte[] key = Base64.getDecoder().decode(secret);
            return key.length == Envelope.KEY_BYTES ? key : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** Looks once more when nobody else can make one. */
    private Mono<byte[]> make(String cache) {
        return lock.whileHeld(threads, find(cache).switchIfEmpty(Mono.defer(() -> {
            byte[] fresh = Envelope.newKey();
            return secrets.save(cache, Base64.getEncoder().encodeToString(fresh)).thenReturn(fresh);
        })));
    }
}
