package dev.monocred.internal.cache;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.TimeSource;
import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.core.cache.TokenCacheJson;
import dev.monocred.internal.storage.StorageFailure;
import dev.monocred.spi.TokenCacheStore;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A document in a store that other processes change too: each change is made to what the store has at that moment. A store
 * that cannot be read or written is a warning, once; then changes count here, and are merged into the store with the next one
 * that can be written, so that nothing of anybody's is lost. Only a store that must not be used at all is an error.
 */
final class PersistentTokenStore implements TokenStore {

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");

    private final String credential;
    private final TokenCacheStore store;
    private final TimeSource time;
    private final AtomicReference<Known> known = new AtomicReference<>(new Known("", TokenCacheDocument.EMPTY, TokenCacheDocument.EMPTY));
    private final AtomicBoolean warned = new AtomicBoolean();

    /** What the store had when it was last looked at, in which version, and what has become of it here. */
    private record Known(String version, TokenCacheDocument base, TokenCacheDocument ours) {

        Known changed(UnaryOperator<TokenCacheDocument> change) {
            return new Known(version, base, change.apply(ours));
        }

        /** After the store was seen with this document, of which we knew that when it was made. */
        Known synchronised(String version, TokenCacheDocument seen, TokenCacheDocument oursThen) {
            return new Known(version, seen, ours.mergedWith(oursThen, seen));
        }
    }

    /**
     * Puts a document into a store; nothing is read yet.
     *
     * @param credential whose name stands first in an error
     * @param store where it is kept
     * @param time when a token has ended
     */
    PersistentTokenStore(String credential, TokenCacheStore store, TimeSource time) {
        this.credential = credential;
        this.store = store;
        this.time = time;
    }

    @Override
    public Mono<TokenCacheDocument> read() {
        return store.version().defaultIfEmpty("").flatMap(version -> version.equals(known.get().version) && !version.isEmpty()
                        ? Mono.empty() : load(version))
                .onErrorResume(this::isTolerable, this::tolerate)
                .onErrorMap(StorageFailure.class, this::refused)
                .then(Mono.fromSupplier(() -> known.get().ours));
    }

    private Mono<Void> load(String version) {
        return store.read().map(PersistentTokenStore::document).defaultIfEmpty(TokenCacheDocument.EMPTY)
                .doOnNext(theirs -> known.updateAndGet(present -> present.synchronised(version, theirs, present.base)))
                .then();
    }

    @Override
    public Mono<Void> update(UnaryOperator<TokenCacheDocument> change) {
        return Mono.defer(() -> {
            AtomicReference<@Nullable Merge> last = new AtomicReference<>();
            return store.update(present -> {
                Merge merge = merge(document(present), change);
                last.set(merge);
                return merge.isNothingNew() ? present : TokenCacheJson.write(merge.merged);
            }).then(Mono.<Void>fromRunnable(() -> landed(last.get())));
        }).onErrorResume(this::isTolerable, error -> {
            known.updateAndGet(present -> present.changed(change));
            return tolerate(error);
        }).onErrorMap(StorageFailure.class, this::refused);
    }

    /** What the store is about to have; it has it only when the write has succeeded. */
    private record Merge(TokenCacheDocument ours, TokenCacheDocument theirs, TokenCacheDocument merged) {

        boolean isNothingNew() {
            return merged.equals(theirs);
        }
    }

    private Merge merge(TokenCacheDocument theirs, UnaryOperator<TokenCacheDocument> change) {
        Known then = known.get();
        TokenCacheDocument changed = change.apply(then.ours.mergedWith(then.base, theirs));
        return new Merge(then.ours, theirs, changed.withoutEnded(Instant.ofEpochMilli(time.wallMillis())));
    }

    /** Its version is not known, so it is read once more. */
    private void landed(@Nullable Merge merge) {
        if (merge != null) {
            known.updateAndGet(present -> present.synchronised("", merge.merged, merge.ours));
        }
    }

    private static TokenCacheDocument document(byte[] content) {
        TokenCacheDocument document = TokenCacheJson.read(content);
        if (document == null) {
            LOG.warn("A token cache counts as empty: it is not a JSON object. Whoever signed in before has to sign in again.");
            return TokenCacheDocument.EMPTY;
        }
        return document;
    }

    private boolean isTolerable(Throwable error) {
        return !(error instanceof StorageFailure failure && failure.isForbidden());
    }

    private ClientAuthenticationException refused(StorageFailure failure) {
        return new ClientAuthenticationException(credential + ": " + failure.getMessage() + ".", failure, Details.NONE);
    }

    private Mono<Void> tolerate(Throwable error) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn("Tokens are remembered in memory only: {}.", error.getMessage());
        }
        return Mono.empty();
    }
}
