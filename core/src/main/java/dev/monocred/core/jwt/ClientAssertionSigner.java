package dev.monocred.core.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * Makes the assertions of one certificate. Immutable; what differs from one assertion to the next is an argument. The header
 * is made once; a signature takes 1 ms of processor time with RSA-2048, 7 ms with RSA-4096, so sign where that harms nobody.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7523#section-3">RFC 7523, section 3</a>
 */
public final class ClientAssertionSigner {

    /** Entra's own limit is 24 hours; what is sent at once needs no more than clocks differ. */
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    private final JWSHeader header;
    private final SigningCertificate certificate;

    /**
     * Prepares the header.
     *
     * @param certificate which certificate
     * @param algorithm how to sign and how to name it
     * @param sendsChain whether the chain goes along, for applications that are registered by subject name and issuer
     */
    public ClientAssertionSigner(SigningCertificate certificate, AssertionAlgorithm algorithm, boolean sendsChain) {
        this.certificate = certificate;
        this.header = header(certificate, algorithm, sendsChain);
    }

    // x5t is deprecated for SHA-1, and all that AD FS knows.
    @SuppressWarnings("deprecation")
    private static JWSHeader header(SigningCertificate certificate, AssertionAlgorithm algorithm, boolean sendsChain) {
        X509Certificate leaf = certificate.leaf();
        JWSHeader.Builder header = new JWSHeader.Builder(algorithm.jws()).type(JOSEObjectType.JWT)
                .x509CertChain(sendsChain ? encoded(certificate.chain()) : null);
        return (algorithm.isSha256Thumbprint() ? header.x509CertSHA256Thumbprint(X509CertUtils.computeSHA256Thumbprint(leaf))
                : header.x509CertThumbprint(sha1(leaf))).build();
    }

    private static List<Base64> encoded(List<X509Certificate> chain) {
        return chain.stream().map(each -> Base64.encode(der(each))).toList();
    }

    private static Base64URL sha1(X509Certificate certificate) {
        try {
            return Base64URL.encode(MessageDigest.getInstance("SHA-1").digest(der(certificate)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException itWasRead) {
            throw new IllegalStateException(itWasRead);
        }
    }

    /**
     * What is to be signed: header and claims of a new assertion.
     *
     * @param clientId the application, issuer and subject
     * @param audience the token endpoint that is asked
     * @param now its beginning
     * @param id its own id: a server may take each only once
     * @return two parts of a JWT
     */
    public String unsigned(String clientId, URI audience, Instant now, String id) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder().audience(audience.toString()).issuer(clientId).subject(clientId)
                .jwtID(id).issueTime(Date.from(now)).notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(LIFETIME))).build();
        return header.toBase64URL() + "." + claims.toPayload().toBase64URL();
    }

    /**
     * Signs with the certificate's key.
     *
     * @param unsigned two parts of a JWT
     * @return the whole JWT
     * @throws IllegalStateException if there is no key here, or it cannot sign
     */
    public String sign(String unsigned) {
        PrivateKey key = certificate.key();
        if (key == null) {
            throw new IllegalStateException("somebody else has the key");
        }
        try {
            return unsigned + "." + new RSASSASigner(key).sign(header, bytes(unsigned));
        } catch (JOSEException cannotSign) {
            throw new IllegalStateException("the key cannot sign with " + header.getAlgorithm(), cannotSign);
        }
    }

    /**
     * What is signed, for signers elsewhere.
     *
     * @param unsigned two parts of a JWT
     * @return their bytes
     */
    public static byte[] bytes(String unsigned) {
        return unsigned.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "ClientAssertionSigner[" + header.getAlgorithm() + ", " + certificate + "]";
    }
}
