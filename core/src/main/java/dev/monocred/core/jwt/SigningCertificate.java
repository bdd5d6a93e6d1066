package dev.monocred.core.jwt;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate, and the key that belongs to it. Prints no key.
 *
 * @param chain the application's own certificate first, each next one having issued the one before; never empty
 * @param key the private key, or {@code null} where somebody else signs
 */
public record SigningCertificate(List<X509Certificate> chain, @Nullable PrivateKey key) {

    /**
     * Takes a copy of the chain.
     *
     * @param chain the application's own certificate first, each next one having issued the one before; never empty
     * @param key the private key, or {@code null} where somebody else signs
     */
    public SigningCertificate {
        chain = List.copyOf(chain);
    }

    /**
     * The application's own certificate.
     *
     * @return the first of the chain
     */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /**
     * When the application's own certificate ends.
     *
     * @return its last moment
     */
    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    @Override
    public String toString() {
        return "SigningCertificate[serialNumber=" + leaf().getSerialNumber().toString(16) + ", chain=" + chain.size()
                + ", key=" + (key == null ? "elsewhere" : "present") + "]";
    }
}
