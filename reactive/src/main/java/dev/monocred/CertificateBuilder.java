package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.monocred.core.jwt.BadCertificateException;
import dev.monocred.core.jwt.SigningCertificate;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.CertificateAuthentication;
import dev.monocred.internal.entra.CertificateStore;
import dev.monocred.internal.entra.CertificateStore.Reading;
import dev.monocred.internal.entra.EntraEngine;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The settings of credentials that can prove themselves with a certificate. */
abstract class CertificateBuilder<B extends CertificateBuilder<B>> extends PersistentCredentialBuilder<B> {

    private @Nullable Path path;
    private byte @Nullable [] data;
    private @Nullable String password;
    private boolean sendsChain;
    private @Nullable AssertionAlgorithm algorithm;
    private @Nullable Function<byte[], Mono<byte[]>> signer;

    CertificateBuilder() {}

    /**
     * Sets the file with the certificate and its private key: PEM (PKCS#8 or PKCS#1, encrypted or not, in any order) or
     * PKCS#12. It is read at each acquisition, on a thread of the library that may block, so a renewed certificate needs no
     * new credential; while the file cannot be used, the last one that could is used on.
     *
     * @param certificatePath which file
     * @return this builder
     */
    public B certificatePath(Path certificatePath) {
        this.path = requireNonNull(certificatePath, "certificatePath");
        return self();
    }

    /**
     * As {@link #certificatePath(Path)}.
     *
     * @param certificatePath which file
     * @return this builder
     * @throws java.nio.file.InvalidPathException if it cannot be a path
     */
    public B certificatePath(String certificatePath) {
        this.path = certificatePath.isBlank() ? null : Path.of(certificatePath);
        return self();
    }

    /**
     * Sets the certificate and its private key, instead of a file.
     *
     * @param certificateData what such a file would hold
     * @return this builder
     */
    public B certificateData(byte[] certificateData) {
        this.data = certificateData.clone();
        return self();
    }

    /**
     * Sets the password of the private key, or of the PKCS#12 file; none by default.
     *
     * @param password the password
     * @return this builder
     */
    public B password(String password) {
        this.password = requireNonNull(password, "password");
        return self();
    }

    /**
     * As {@link #password(String)}.
     *
     * @param password the password in UTF-8
     * @return this builder
     * @throws IllegalArgumentException if it is not UTF-8
     */
    public B password(byte[] password) {
        try {
            this.password = UTF_8.newDecoder().decode(ByteBuffer.wrap(password)).toString();
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException("password is not text in UTF-8", notText);
        }
        return self();
    }

    /**
     * Sets whether the whole chain goes along with each assertion ({@code x5c}); {@code false} by default. Needed where the
     * application is registered by subject name and issuer, so that it can renew its certificate by itself.
     *
     * @param sendCertificateChain whether to send it
     * @return this builder
     */
    public B sendCertificateChain(boolean sendCertificateChain) {
        this.sendsChain = sendCertificateChain;
        return self();
    }

    /**
     * Sets how the assertion is signed; by default {@link AssertionAlgorithm#PS256}, and for AD FS and dSTS
     * {@link AssertionAlgorithm#RS256_SHA1_THUMBPRINT}.
     *
     * @param assertionAlgorithm how
     * @return this builder
     */
    public B assertionAlgorithm(AssertionAlgorithm assertionAlgorithm) {
        this.algorithm = requireNonNull(assertionAlgorithm, "assertionAlgorithm");
        return self();
    }

    /**
     * Sets who signs, where the private key is in a vault or in hardware; the certificate then needs no key. Given the bytes
     * that are to be signed with the {@linkplain #assertionAlgorithm algorithm}, not their digest; called on a thread of
     * the library that may block, once for each attempt, and given 15 seconds.
     *
     * @param signer makes a signature
     * @return this builder
     */
    public B signer(Function<byte[], Mono<byte[]>> signer) {
        this.signer = requireNonNull(signer, "signer");
        return self();
    }

    /** Whether a certificate was given at all. */
    boolean hasCertificate() {
        return path != null || data != null;
    }

    /** Freezes what was set; bytes are read now, a file is not. */
    Function<EntraEngine, AuthenticationProvider> certificate(String credential, EntraOptions options) {
        CertificateStore store = store(credential, options);
        CertificateAuthentication.Style style = new CertificateAuthentication.Style(
                (algorithm == null ? usual(options) : algorithm).inside(), sendsChain);
        Function<byte[], Mono<byte[]>> elsewhere = signer;
        CertificateAuthentication.Holder holder = new CertificateAuthentication.Holder(credential, options.clientId());
        return entra -> entra.certificate(holder, store, style, elsewhere);
    }

    private static AssertionAlgorithm usual(EntraOptions options) {
        boolean isOld = options.tenantId().equalsIgnoreCase("adfs")
                || options.authority().tokenEndpoint(options.tenantId()).getPath().startsWith("/dstsv2");
        return isOld ? AssertionAlgorithm.RS256_SHA1_THUMBPRINT : AssertionAlgorithm.PS256;
    }

    private CertificateStore store(String credential, EntraOptions options) {
        if (path != null && data != null) {
            throw new IllegalArgumentException(credential + " takes certificatePath or certificateData, not both");
        }
        Reading reading = signer == null ? Reading.withKey(password) : Reading.withoutKey();
        return path != null ? new CertificateStore.FromFile(path, reading) : held(credential, reading, options);
    }

    private CertificateStore held(String credential, Reading reading, EntraOptions options) {
        try {
            SigningCertificate read = reading.read(requireNonNull(data));
            CertificateAuthentication.checkEnd(read, Instant.ofEpochMilli(options.common().timeSource().wallMillis()));
            return new CertificateStore.Held(read);
        } catch (BadCertificateException bad) {
            throw new IllegalArgumentException(credential + ": the certificateData " + bad.clause(), bad);
        }
    }
}
