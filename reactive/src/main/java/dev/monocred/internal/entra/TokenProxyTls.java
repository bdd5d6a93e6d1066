package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * Trust in a server under another name than that of its address: the name goes into the handshake, and must be one of the
 * certificate's. Java itself would also take a certificate for the address.
 */
final class TokenProxyTls extends X509ExtendedTrustManager {

    private static final int DNS_NAME = 2;

    private final X509TrustManager issuers;
    private final String name;

    private TokenProxyTls(X509TrustManager issuers, String name) {
        this.issuers = issuers;
        this.name = name;
    }

    /**
     * The same client with that trust alone. Reads the trust store: not for an event loop.
     *
     * @param base the client
     * @param authorities whom to trust, or {@code null} for Java's own list
     * @param name which name the server must have, or {@code null} for the address's own
     */
    static HttpClient secure(HttpClient base, @Nullable List<X509Certificate> authorities, @Nullable String name) {
        try {
            X509TrustManager issuers = issuers(authorities);
            SslContext tls = SslContextBuilder.forClient().sslProvider(SslProvider.JDK)
                    .trustManager(name == null ? issuers : new TokenProxyTls(issuers, name)).build();
            return base.secure(name == null ? spec -> spec.sslContext(tls)
                    : spec -> spec.sslContext(tls).serverNames(new ServerName(name)));
        } catch (GeneralSecurityException | IOException noTls) {
            throw new IllegalStateException(noTls);
        }
    }

    /** As it is written: a cluster may have chosen a name that is none of a host. */
    private static final class ServerName extends SNIServerName {
        ServerName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(US_ASCII));
        }
    }

    private static X509TrustManager issuers(@Nullable List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities == null ? null : store(authorities));
        TrustManager manager = factory.getTrustManagers()[0];
        return (X509TrustManager) manager;
    }

    private static KeyStore store(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        return store;
    }

    /** The certificates of a PEM bundle; none if there is none, or if one of them is broken. */
    static List<X509Certificate> certificates(byte[] pem) {
        try {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            return read.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException broken) {
            return List.of();
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        issuers.checkServerTrusted(chain, authType);
        Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
        boolean isNamed = names != null && names.stream().anyMatch(this::isOurs);
        if (!isNamed) {
            throw new CertificateException("it is not for " + name);
        }
    }

    private boolean isOurs(List<?> alternative) {
        return Integer.valueOf(DNS_NAME).equals(alternative.get(0)) && name.equalsIgnoreCase(String.valueOf(alternative.get(1)));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return issuers.getAcceptedIssuers();
    }
}
