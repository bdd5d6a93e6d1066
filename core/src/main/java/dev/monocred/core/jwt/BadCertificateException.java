package dev.monocred.core.jwt;

import org.jspecify.annotations.Nullable;

/** What is wrong with the bytes of a certificate: one clause that goes on "the certificate …". It quotes none of them. */
public final class BadCertificateException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong.
     *
     * @param clause as in {@code is empty}
     * @param cause what was thrown, or {@code null}
     */
    public BadCertificateException(String clause, @Nullable Throwable cause) {
        super(clause, cause);
    }

    BadCertificateException(String clause) {
        this(clause, null);
    }

    /**
     * What is wrong.
     *
     * @return the clause
     */
    public String clause() {
        return String.valueOf(getMessage());
    }
}
