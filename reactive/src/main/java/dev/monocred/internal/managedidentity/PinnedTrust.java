package dev.monocred.internal.managedidentity;

import dev.monocred.core.ClientAuthenticationException.Details;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * Trusts one certificate, by the SHA-1 of it, and nothing else: neither the JVM's authorities nor that certificate's own
 * issuer or children. The pin says who the server is, so its host name says nothing more and is not looked at.
 */
final class PinnedTrust extends X509ExtendedTrustManager {

    private static final Pattern THUMBPRINT = Pattern.compile("[0-9a-f]{40}");

    private final byte[] thumbprint;

    private PinnedTrust(byte[] thumbprint) {
        this.thumbprint = thumbprint;
    }

    /** Reads a thumbprint as people write it: with colons or blanks, in any case. */
    static PinnedTrust of(String variable, @Nullable String value) {
        String digits = String.valueOf(value).replaceAll("[:\\s]", "").toLowerCase(Locale.ROOT);
        if (!THUMBPRINT.matcher(digits).matches()) {
            throw HostErrors.failed("the variable " + variable + " does not hold the 40 hexadecimal digits of a thumbprint",
                    "The host sets it; do not change it", Details.NONE);
        }
        return new PinnedTrust(HexFormat.of().parseHex(digits));
    }

    /** A client with this trust alone, without a pool: it is needed once an hour. Not for an event loop. */
    HttpClient client() {
        SslContext tls;
        try {
            tls = SslContextBuilder.forClient().trustManager(this).build();
        } catch (SSLException noTls) {
            throw new IllegalStateException(noTls);
        }
        return HttpClient.newConnection().noProxy().secure(spec -> spec.sslContext(tls));
    }

    static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0 || !MessageDigest.isEqual(thumbprint, digest("SHA-1", chain[0].getEncoded()))) {
            throw new CertificateException("it has another thumbprint");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
