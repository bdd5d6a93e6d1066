package dev.monocred.internal.storage;

import org.jspecify.annotations.Nullable;

/**
 * Nothing can be remembered: no store works, or a file cannot be used. The message is two sentences, what is wrong and what
 * to do, without the credential's name; it contains no secret.
 */
public final class StorageFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StorageFailure(String sentences, @Nullable Throwable cause) {
        super(sentences, cause, true, false);
    }
}
