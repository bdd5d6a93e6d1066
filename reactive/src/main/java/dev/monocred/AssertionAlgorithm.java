package dev.monocred;

/**
 * How a certificate signs the assertion, and how the assertion names the certificate.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7518#section-3.1">RFC 7518, section 3.1</a>
 */
public enum AssertionAlgorithm {
    /** RSASSA-PSS with SHA-256, and the SHA-256 thumbprint {@code x5t#S256}: what Entra recommends. */
    PS256(dev.monocred.core.jwt.AssertionAlgorithm.PS256),
    /** RSASSA-PKCS1-v1_5 with SHA-256, and the SHA-256 thumbprint {@code x5t#S256}: for keys and servers without PSS. */
    RS256(dev.monocred.core.jwt.AssertionAlgorithm.RS256),
    /** RSASSA-PKCS1-v1_5 with SHA-256, and the SHA-1 thumbprint {@code x5t}: for AD FS and other old servers. */
    RS256_SHA1_THUMBPRINT(dev.monocred.core.jwt.AssertionAlgorithm.RS256_SHA1_THUMBPRINT);

    private final dev.monocred.core.jwt.AssertionAlgorithm inside;

    AssertionAlgorithm(dev.monocred.core.jwt.AssertionAlgorithm inside) {
        this.inside = inside;
    }

    dev.monocred.core.jwt.AssertionAlgorithm inside() {
        return inside;
    }
}
