package dev.monocred;

import dev.monocred.testing.FakeEntra;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;

/**
 * The token proxy of a cluster with identity bindings: a server with a certificate of the cluster's own authority, in whatever
 * name, that hands token requests below its path to a {@link FakeEntra}.
 */
final class ClusterProxy implements AutoCloseable {

    static final String PATH = "/ests/v1";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final FakeEntra entra;
    private final MockWebServer server = new MockWebServer();
    private final HeldCertificate authority;
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();

    /** Starts one whose certificate has these names. */
    ClusterProxy(FakeEntra entra, String... names) {
        this.entra = entra;
        this.authority = new HeldCertificate.Builder().commonName("Cluster authority").certificateAuthority(0)
                .duration(1, TimeUnit.DAYS).build();
        HeldCertificate.Builder own = new HeldCertificate.Builder().commonName("Token proxy").signedBy(authority)
                .duration(1, TimeUnit.DAYS);
        List.of(names).forEach(own::addSubjectAlternativeName);
        server.useHttps(new HandshakeCertificates.Builder().heldCertificate(own.build()).build().sslSocketFactory());
        server.setProtocols(List.of(Protocol.HTTP_1_1));
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer(request);
            }
        });
        try {
            server.start();
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    String url() {
        return "https://127.0.0.1:" + server.getPort() + PATH;
    }

    String authorityPem() {
        return authority.certificatePem();
    }

    List<RecordedRequest> requests() {
        return requests;
    }

    private MockResponse answer(RecordedRequest request) {
        requests.add(request);
        return request.getTarget().startsWith(PATH + "/") ? forward(request) : new MockResponse.Builder().code(404).build();
    }

    private MockResponse forward(RecordedRequest request) {
        String body = request.getBody() == null ? "" : request.getBody().utf8();
        MockResponse answer = entra.httpClient()
                .headers(headers -> headers.set("Content-Type", String.valueOf(request.getHeaders().get("Content-Type")))
                        .set("Content-Length", body.length()))
                .request(HttpMethod.valueOf(String.valueOf(request.getMethod())))
                .uri(entra.authorityHost() + request.getTarget().substring(PATH.length()))
                .send(ByteBufMono.fromString(Mono.just(body)))
                .responseSingle((response, content) -> content.asString(StandardCharsets.UTF_8)
                        .map(text -> new MockResponse.Builder().code(response.status().code())
                                .addHeader("Content-Type", "application/json").body(text).build()))
                .block(LIMIT);
        return answer == null ? new MockResponse.Builder().code(502).build() : answer;
    }

    @Override
    public void close() {
        server.close();
    }
}
