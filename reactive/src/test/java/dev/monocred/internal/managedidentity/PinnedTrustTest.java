package dev.monocred.internal.managedidentity;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;

class PinnedTrustTest {

    private final HeldCertificate issuer = new HeldCertificate.Builder().certificateAuthority(0).build();
    private final HeldCertificate leaf = new HeldCertificate.Builder().signedBy(issuer).build();
    private final X509Certificate[] chain = {leaf.certificate(), issuer.certificate()};

    private static PinnedTrust pin(HeldCertificate certificate) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.certificate().getEncoded());
        return PinnedTrust.of("A_VARIABLE", HexFormat.of().formatHex(digest));
    }

    @Test
    void itTrustsTheLeaf() throws GeneralSecurityException { // 55
        assertThatCode(() -> pin(leaf).checkServerTrusted(chain, "RSA")).doesNotThrowAnyException();
    }

    @Test
    void itDoesNotTrustWhatThePinnedCertificateHasSigned() throws GeneralSecurityException { // 56
        PinnedTrust trust = pin(issuer);
        assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> trust.checkServerTrusted(chain, "RSA"));
    }

    @Test
    void itTrustsNobodyWithoutACertificateAndNoClients() throws GeneralSecurityException {
        PinnedTrust trust = pin(leaf);
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> trust.checkServerTrusted(new X509Certificate[0], "RSA"));
        assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> trust.checkClientTrusted(chain, "RSA"));
    }
}
