package dev.monocred.core.jwt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a certificate and its key from PEM or PKCS#12, whichever the bytes are. The application's own certificate is the one
 * that the key belongs to, wherever it stands.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7292">RFC 7292</a>
 */
public final class CertificateParser {

    /** Nimbus signs with no shorter key, and nobody should. */
    private static final int SHORTEST_KEY = 2048;

    private CertificateParser() {}

    /**
     * Reads a certificate with its key.
     *
     * @param content PEM or PKCS#12
     * @param password what the key, or the whole, is encrypted with; {@code null} if it is not
     * @return the certificate
     * @throws BadCertificateException if that is not what the bytes are
     */
    public static SigningCertificate parse(byte[] content, @Nullable String password) throws BadCertificateException {
        SigningCertificate found = refuseEmpty(content) && Pem.isPem(content) ? pem(content, password) : pkcs12(content, password);
        checkLength(found.leaf());
        return found;
    }

    /**
     * Reads a certificate whose key is elsewhere.
     *
     * @param content PEM, of which the first is the application's own, or one certificate in DER
     * @return the certificate, without a key
     * @throws BadCertificateException if that is not what the bytes are
     */
    public static SigningCertificate parsePublic(byte[] content) throws BadCertificateException {
        List<X509Certificate> found = refuseEmpty(content) && Pem.isPem(content) ? certificates(Pem.read(content))
                : der(content).map(List::of).orElseThrow(() -> new BadCertificateException("is neither PEM nor DER"));
        if (found.isEmpty()) {
            throw new BadCertificateException("has no certificate");
        }
        checkLength(found.get(0));
        return new SigningCertificate(chain(found.get(0), found), null);
    }

    /** Answers yes, for use in conditions. */
    private static boolean refuseEmpty(byte[] content) throws BadCertificateException {
        if (content.length == 0) {
            throw new BadCertificateException("is empty");
        }
        return true;
    }

    private static void checkLength(X509Certificate leaf) throws BadCertificateException {
        if (!(leaf.getPublicKey() instanceof RSAKey rsa)) {
            throw new BadCertificateException("has a key of another kind than RSA (" + leaf.getPublicKey().getAlgorithm() + ")");
        }
        if (rsa.getModulus().bitLength() < SHORTEST_KEY) {
            throw new BadCertificateException("has an RSA key of " + rsa.getModulus().bitLength() + " bits, but " + SHORTEST_KEY
                    + " are needed");
        }
    }

    private static SigningCertificate pem(byte[] content, @Nullable String password) throws BadCertificateException {
        List<Pem.Block> blocks = Pem.read(content);
        List<Pem.Block> keys = blocks.stream().filter(PemKeys::isKey).toList();
        if (keys.size() != 1) {
            throw new BadCertificateException(keys.isEmpty() ? "has no private key"
                    : "has " + keys.size() + " private keys, but one is needed");
        }
        List<X509Certificate> found = certificates(blocks);
        if (found.isEmpty()) {
            throw new BadCertificateException("has a private key but no certificate");
        }
        return matched(PemKeys.read(keys.get(0), password), found);
    }

    private static List<X509Certificate> certificates(List<Pem.Block> blocks) throws BadCertificateException {
        List<X509Certificate> found = new ArrayList<>();
        for (Pem.Block block : blocks) {
            if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                found.add(der(block.der()).orElseThrow(() -> new BadCertificateException("has a certificate that cannot be read")));
            }
        }
        return found;
    }

    private static Optional<X509Certificate> der(byte[] content) {
        try {
            Certificate read = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
            return read instanceof X509Certificate found ? Optional.of(found) : Optional.empty();
        } catch (CertificateException notOne) {
            return Optional.empty();
        }
    }

    private static SigningCertificate matched(PrivateKey key, List<X509Certificate> found) throws BadCertificateException {
        X509Certificate leaf = found.stream().filter(each -> belongsTo(each, key)).findFirst()
                .orElseThrow(() -> new BadCertificateException("has a key that does not belong to its certificate"));
        return new SigningCertificate(chain(leaf, found), key);
    }

    private static boolean belongsTo(X509Certificate certificate, PrivateKey key) {
        return key instanceof RSAKey own && certificate.getPublicKey() instanceof RSAKey theirs
                && own.getModulus().equals(theirs.getModulus());
    }

    /** From the application's own certificate upwards; what does not belong to its path is left out. */
    private static List<X509Certificate> chain(X509Certificate leaf, List<X509Certificate> found) {
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        Optional<X509Certificate> next = issuer(leaf, found, chain);
        while (next.isPresent()) {
            chain.add(next.get());
            next = issuer(next.get(), found, chain);
        }
        return chain;
    }

    private static Optional<X509Certificate> issuer(X509Certificate of, List<X509Certificate> found, List<X509Certificate> taken) {
        return found.stream().filter(each -> !taken.contains(each)
                && each.getSubjectX500Principal().equals(of.getIssuerX500Principal())).findFirst();
    }

    private static SigningCertificate pkcs12(byte[] content, @Nullable String password) throws BadCertificateException {
        char[] secret = password == null ? new char[0] : password.toCharArray();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), secret);
            return onlyKey(store, secret);
        } catch (IOException unreadable) {
            throw unreadable(content, unreadable, password);
        } catch (UnrecoverableKeyException locked) {
            throw new BadCertificateException("cannot be decrypted: the password is wrong", locked);
        } catch (GeneralSecurityException unusable) {
            throw new BadCertificateException("cannot be read as PKCS#12", unusable);
        }
    }

    private static SigningCertificate onlyKey(KeyStore store, char[] secret)
            throws GeneralSecurityException, BadCertificateException {
        List<String> keys = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                keys.add(alias);
            }
        }
        if (keys.size() != 1) {
            throw new BadCertificateException(keys.isEmpty() ? "has no private key"
                    : "has " + keys.size() + " private keys, but one is needed");
        }
        return withKey(store, keys.get(0), secret);
    }

    private static SigningCertificate withKey(KeyStore store, String alias, char[] secret)
            throws GeneralSecurityException, BadCertificateException {
        Certificate[] entry = store.getCertificateChain(alias);
        if (!(store.getKey(alias, secret) instanceof PrivateKey key) || entry == null || entry.length == 0) {
            throw new BadCertificateException("has a private key but no certificate");
        }
        if (!(key instanceof RSAKey)) {
            throw new BadCertificateException("has a key of another kind than RSA (" + key.getAlgorithm() + ")");
        }
        List<X509Certificate> found = new ArrayList<>();
        for (Certificate each : entry) {
            found.add((X509Certificate) each);
        }
        return matched(key, found);
    }

    private static BadCertificateException unreadable(byte[] content, IOException thrown, @Nullable String password) {
        if (thrown.getCause() instanceof UnrecoverableKeyException) {
            return new BadCertificateException(password == null ? "is encrypted, and no password was given"
                    : "cannot be decrypted: the password is wrong", thrown);
        }
        return new BadCertificateException(der(content).isPresent() ? "has no private key" : "is neither PEM nor PKCS#12", thrown);
    }
}
