package dev.monocred.internal.storage;

import org.jspecify.annotations.Nullable;

/**
 * Nothing can be remembered: no store works, or a file cannot be used. The message is two sentences, what is wrong and what
 * to do, without the credential's name; it contains no secret.
 */
public final class StorageFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean isForbidden;

    StorageFailure(String sentences, @Nullable Throwable cause) {
        this(sentences, cause, false);
    }

    StorageFailure(String sentences, @Nullable Throwable cause, boolean isForbidden) {
        super(sentences, cause, true, false);
        this.isForbidden = isForbidden;
    }

    /**
     * Tells what was not allowed from what went wrong.
     *
     * @return whether tokens could only be kept in a way that the application did not allow
     */
    public boolean isForbidden() {
        return isForbidden;
    }
}
