package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.internal.storage.Storage;
import dev.monocred.spi.TokenCacheStore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a credential remembers tokens across restarts, and shares them with other processes of the same user. By default they
 * lie in {@code .IdentityService} in the user's home ({@code %LOCALAPPDATA%} on Windows), sealed with AES-256-GCM; the key is
 * kept by the operating system: the Secret Service on Linux, the keychain on macOS, ProtectedData on Windows. The content is
 * the document that Microsoft's libraries share.
 *
 * <p>Whoever can open such a cache can act as everybody who signed in: remember only where that is wanted, in programs that
 * people run themselves. In servers and containers there is usually no place that keeps a key, and no need.
 *
 * <p>Immutable. Making it opens nothing: the first request for a token does, off its thread.
 */
public final class TokenCachePersistenceOptions {

    private final String name;
    private final boolean allowUnencryptedStorage;
    private final @Nullable Function<String, TokenCacheStore> store;

    private TokenCachePersistenceOptions(Builder builder) {
        this.name = builder.name;
        this.allowUnencryptedStorage = builder.allowUnencryptedStorage;
        this.store = builder.store;
    }

    /**
     * Starts the options.
     *
     * @return a builder; nothing is required
     */
    public static Builder builder() {
        return new Builder();
    }

    String name() {
        return name;
    }

    /** Makes the store of a cache by its full name; touches nothing. */
    TokenCacheStore store(String fullName, Storage storage) {
        Function<String, TokenCacheStore> own = store;
        return own != null ? requireNonNull(own.apply(fullName), "a store")
                : storage.store(fullName, allowUnencryptedStorage);
    }

    @Override
    public String toString() {
        return "TokenCachePersistenceOptions[name=" + name + ", allowUnencryptedStorage=" + allowUnencryptedStorage
                + (store == null ? "" : ", store of the application's own") + "]";
    }

    /** Collects {@link TokenCachePersistenceOptions}. Can be used again; options do not see later changes. */
    public static final class Builder {

        private String name = "msal.cache";
        private boolean allowUnencryptedStorage;
        private @Nullable Function<String, TokenCacheStore> store;

        private Builder() {}

        /**
         * Sets the cache's name; {@code msal.cache} by default. Credentials with the same name share their tokens. Tokens with
         * continuous access evaluation have a cache of their own: {@code .cae} or {@code .nocae} is put behind the name.
         *
         * @param name up to 64 letters, digits, {@code . _ -}
         * @return this builder
         * @throws IllegalArgumentException if it has other characters, is too long, or begins with {@code .} or {@code -}
         */
        public Builder name(String name) {
            this.name = Storage.checkName(name);
            return this;
        }

        /**
         * Sets whether tokens may lie on the disk unencrypted, readable by the user alone, where nothing keeps a key;
         * {@code false} by default: then a request fails with a {@code ClientAuthenticationException} that says what is
         * missing. Where a key can be kept this changes nothing.
         *
         * @param allowUnencryptedStorage whether to permit it
         * @return this builder
         */
        public Builder allowUnencryptedStorage(boolean allowUnencryptedStorage) {
            this.allowUnencryptedStorage = allowUnencryptedStorage;
            return this;
        }

        /**
         * Sets a place of your own instead of a file. Encryption is then yours, too.
         *
         * @param store makes the store of a cache by its full name, as in {@code msal.cache.nocae}; called by the
         *     credential's {@code build()}, and must not touch anything yet
         * @return this builder
         */
        public Builder store(Function<String, TokenCacheStore> store) {
            this.store = requireNonNull(store, "store");
            return this;
        }

        /**
         * Makes the options.
         *
         * @return options that see no later change of this builder
         */
        public TokenCachePersistenceOptions build() {
            return new TokenCachePersistenceOptions(this);
        }
    }
}
