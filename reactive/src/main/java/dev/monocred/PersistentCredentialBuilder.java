package dev.monocred;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** The settings of credentials that can remember tokens across restarts (token-cache.md 3.1). */
abstract class PersistentCredentialBuilder<B extends PersistentCredentialBuilder<B>> extends EntraCredentialBuilder<B> {

    private @Nullable TokenCachePersistenceOptions persistence;

    PersistentCredentialBuilder() {}

    /**
     * Sets how tokens are remembered across restarts; by default they are not. A cache that cannot be read or written costs
     * nothing but a warning; only where tokens could be kept in no way that was allowed do requests fail.
     *
     * @param tokenCachePersistence how and where
     * @return this builder
     */
    public B tokenCachePersistence(TokenCachePersistenceOptions tokenCachePersistence) {
        this.persistence = requireNonNull(tokenCachePersistence, "tokenCachePersistence");
        return self();
    }

    @Override
    EntraOptions options(String credential) {
        return super.options(credential).with(persistence);
    }
}
