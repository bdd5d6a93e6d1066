package dev.monocred.internal.storage;

import reactor.core.publisher.Mono;

/** A place where the operating system keeps small secrets for one person. */
interface SecretStore {

    /**
     * Looks a secret up.
     *
     * @return the secret; empty if there is none by that name; fails with {@link StorageFailure} if the place cannot be used
     */
    Mono<String> find(String name);

    /** Keeps a secret, in place of another of that name. */
    Mono<Void> save(String name, String secret);
}
