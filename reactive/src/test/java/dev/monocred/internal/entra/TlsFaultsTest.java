package dev.monocred.internal.entra;

import static dev.monocred.internal.entra.FaultServer.never;
import static dev.monocred.internal.entra.FaultServer.sends;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.oauth.ClientAuthentication;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenRequest;
import dev.monocred.internal.http.HttpFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider;

/** Faults 40 and 41: certificates made here, by an authority that the client trusts or does not. */
class TlsFaultsTest {

    private static final HeldCertificate ROOT = new HeldCertificate.Builder().certificateAuthority(0).build();

    private EngineFixture fixture = new EngineFixture(null);

    @AfterEach
    void close() {
        fixture.close();
    }

    private static HttpClient trustingRoot() {
        HandshakeCertificates trust = new HandshakeCertificates.Builder().addTrustedCertificate(ROOT.certificate()).build();
        SslProvider.GenericSslContextSpec<?> tls = Http11SslContextSpec.forClient().configure(ssl -> ssl.trustManager(trust.trustManager()));
        return HttpClient.create().secure(spec -> spec.sslContext(tls).handshakeTimeout(Duration.ofMillis(300)));
    }

    private void trustRoot() {
        fixture.close();
        fixture = new EngineFixture(trustingRoot());
    }

    private static FaultServer server(HeldCertificate certificate) throws IOException {
        HandshakeCertificates identity = new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        return FaultServer.of(identity.sslContext().getServerSocketFactory(), sends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    private static HeldCertificate.Builder certificate(String host) {
        return new HeldCertificate.Builder().signedBy(ROOT).addSubjectAlternativeName(host);
    }

    private ClientAuthenticationException failure(FaultServer server) {
        return Failures.of(fixture.engine().client().request(new TokenCall("ClientSecretCredential", "tenant", "client-1",
                server.uri("https"), true, Mono.just(new TokenRequest(new Grant.ClientCredentials(),
                        new ClientAuthentication.Secret("the-hidden-secret"), "client-1", List.of("api/.default"), null)))));
    }

    private static HttpFailure.Kind kind(ClientAuthenticationException failure) {
        return failure.getCause() instanceof HttpFailure cause ? cause.kind() : HttpFailure.Kind.OTHER;
    }

    private void assertUntrusted(FaultServer server) {
        ClientAuthenticationException failure = failure(server);

        assertThat(kind(failure)).as(failure.getMessage()).isEqualTo(HttpFailure.Kind.TLS_UNTRUSTED);
        assertThat(failure.isTransient()).isFalse();
        assertThat(failure).hasMessageContaining("the certificate of localhost:" + server.port() + " is not trusted")
                .hasMessageContaining("trust store");
        assertThat(server.connections()).as("one attempt").isEqualTo(1);
        assertThat(server.requests()).as("no secret sent").isEmpty();
    }

    @Test
    void fault40AnUnknownAuthorityIsTerminal() throws IOException {
        try (FaultServer server = server(certificate("localhost").build())) {
            assertUntrusted(server);
        }
    }

    @Test
    void fault40AnExpiredCertificateIsTerminal() throws IOException {
        trustRoot();
        long now = System.currentTimeMillis();
        try (FaultServer server = server(certificate("localhost")
                .validityInterval(now - TimeUnit.DAYS.toMillis(2), now - TimeUnit.DAYS.toMillis(1)).build())) {
            assertUntrusted(server);
        }
    }

    @Test
    void fault40ACertificateOfAnotherHostIsTerminal() throws IOException {
        trustRoot();
        try (FaultServer server = server(certificate("login.example.test").build())) {
            assertUntrusted(server);
        }
    }

    @Test
    void aTrustedCertificateIsAccepted() throws IOException {
        trustRoot();
        try (FaultServer server = server(certificate("localhost").build())) {
            assertThat(failure(server)).as("the answer is no token, but it came").hasMessageContaining("is not a token");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void fault41AHandshakeThatHangsIsTriedThreeTimes() throws IOException {
        trustRoot();
        try (FaultServer server = FaultServer.of((FaultServer.OnAccept) never()::answer)) {
            ClientAuthenticationException failure = failure(server);

            assertThat(kind(failure)).as(failure.getMessage()).isEqualTo(HttpFailure.Kind.TLS_TIMEOUT);
            assertThat(failure.isTransient()).isTrue();
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void fault41AHandshakeThatIsCutIsTriedThreeTimes() throws IOException {
        trustRoot();
        FaultServer.OnAccept cut = socket -> {
            assertThat(socket.getInputStream().read()).isNotNegative();
            socket.close();
        };
        try (FaultServer server = FaultServer.of(cut)) {
            ClientAuthenticationException failure = failure(server);

            assertThat(kind(failure)).as(failure.getMessage()).isEqualTo(HttpFailure.Kind.TLS_BROKEN);
            assertThat(failure.isTransient()).isTrue();
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void aServerWithoutTlsIsNamedAsThat() throws IOException {
        trustRoot();
        FaultServer.OnAccept plain = socket -> FaultServer.write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
        try (FaultServer server = FaultServer.of(plain)) {
            assertThat(failure(server)).hasMessageContaining("does not speak TLS");
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
