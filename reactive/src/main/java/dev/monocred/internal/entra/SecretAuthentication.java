package dev.monocred.internal.entra;

import dev.monocred.core.EntraError;
import dev.monocred.core.oauth.ClientAuthentication;
import reactor.core.publisher.Mono;

/** A client secret: a value, or what the application's supplier says each time (secrets rotate). */
public final class SecretAuthentication implements AuthenticationProvider {

    private final Mono<Proof> proof;
    private final boolean isRotating;

    private SecretAuthentication(Mono<String> secret, boolean isRotating) {
        this.proof = secret.map(text -> new Fixed(new ClientAuthentication.Secret(text)));
        this.isRotating = isRotating;
    }

    /** Always the same secret. */
    public static SecretAuthentication of(String secret) {
        return new SecretAuthentication(Mono.just(secret), false);
    }

    /** Asks for the secret of each acquisition. */
    public static SecretAuthentication of(ApplicationCallback callback) {
        return new SecretAuthentication(callback.text(), true);
    }

    @Override
    public Mono<Proof> prepare() {
        return proof;
    }

    @Override
    public boolean isWorthAnother(EntraError refusal) {
        return isRotating && "invalid_client".equals(refusal.error());
    }
}
