package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import reactor.core.publisher.Mono;

/**
 * A service that proves itself with a certificate: its private key signs an assertion for each request and never leaves the
 * machine, or the vault. Make one credential for the whole application.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/certificate-credentials">Certificate credentials</a>
 */
public final class CertificateCredential implements TokenCredential {

    private static final String NAME = "CertificateCredential";

    private final CredentialEngine engine;

    private CertificateCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code tenantId}, {@code clientId} and a certificate, by path or by data, are required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Entra answers an application only for one scope that ends in {@code /.default}. A request that finds no token
     * held ends within 30 seconds; it runs on an event loop, where its subscribers are called. A file that cannot be used
     * is a {@link dev.monocred.core.ClientAuthenticationException} that names it.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /** Collects what a {@link CertificateCredential} needs. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends CertificateBuilder<Builder> {

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        @Override
        void requireOwn(Required required) {
            required.part("certificatePath or certificateData", hasCertificate() ? this : null);
        }

        /**
         * Makes the credential. Starts nothing and opens no file; bytes that were given are read, which takes some
         * milliseconds if they are encrypted.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, a malformed value, or what is
         *     wrong with the certificate's bytes
         */
        public CertificateCredential build() {
            EntraOptions options = options(NAME);
            return new CertificateCredential(CredentialEngine.application(NAME, options, certificate(NAME, options)));
        }
    }
}
