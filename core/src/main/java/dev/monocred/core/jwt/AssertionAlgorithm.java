package dev.monocred.core.jwt;

import com.nimbusds.jose.JWSAlgorithm;

/** How an assertion is signed, and how it names the certificate. */
public enum AssertionAlgorithm {
    /** RSASSA-PSS, and the SHA-256 thumbprint. */
    PS256(true, true),
    /** RSASSA-PKCS1-v1_5, and the SHA-256 thumbprint. */
    RS256(false, true),
    /** RSASSA-PKCS1-v1_5, and the SHA-1 thumbprint: all that AD FS and dSTS know. */
    RS256_SHA1_THUMBPRINT(false, false);

    private final boolean isPss;
    private final boolean isSha256Thumbprint;

    AssertionAlgorithm(boolean isPss, boolean isSha256Thumbprint) {
        this.isPss = isPss;
        this.isSha256Thumbprint = isSha256Thumbprint;
    }

    JWSAlgorithm jws() {
        return isPss ? JWSAlgorithm.PS256 : JWSAlgorithm.RS256;
    }

    boolean isSha256Thumbprint() {
        return isSha256Thumbprint;
    }
}
