package dev.monocred;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The settings of credentials whose application can have a secret. See {@link CredentialBuilder} on why nothing is final. */
abstract class SecretBuilder<B extends SecretBuilder<B>> extends EntraCredentialBuilder<B> {

    private @Nullable ClientProof secret;

    SecretBuilder() {}

    @Nullable ClientProof secret() {
        return secret;
    }

    /**
     * Sets the application's secret: its value, not its id.
     *
     * @param clientSecret the secret
     * @return this builder
     */
    public B clientSecret(String clientSecret) {
        secret = ClientProof.secret(clientSecret);
        return self();
    }

    /**
     * Sets where the application's secret comes from, so that it can change while the application runs. Asked for each
     * acquisition, never on a cache hit, on a thread of the library that may block; if Entra refuses the secret, asked once
     * more, and a changed secret is tried at once, except with what is good for one use.
     *
     * @param clientSecret gives the secret
     * @return this builder
     */
    public B clientSecret(Supplier<Mono<String>> clientSecret) {
        secret = ClientProof.secret(clientSecret);
        return self();
    }
}
