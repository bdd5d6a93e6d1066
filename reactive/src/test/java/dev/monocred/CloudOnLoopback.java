package dev.monocred;

import dev.monocred.testing.FakeEntra;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.ByteString;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;

/**
 * Microsoft's addresses on this machine, for programs that know no other: a proxy on loopback leads them to a server that has
 * a certificate in their name, hands token requests to a {@link FakeEntra} and knows no subscription. Whatever else is asked
 * for is refused, so that nothing leaves the machine.
 */
final class CloudOnLoopback implements AutoCloseable {

    private static final String LOGIN = "login.microsoftonline.com";
    private static final String MANAGEMENT = "management.azure.com";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final FakeEntra entra;
    private final MockWebServer server = new MockWebServer();
    private final ServerSocket proxy;
    private final Path certificate;

    CloudOnLoopback(FakeEntra entra, Path folder) throws IOException {
        this.entra = entra;
        HeldCertificate held = new HeldCertificate.Builder().commonName("Monocred's cloud").addSubjectAlternativeName(LOGIN)
                .addSubjectAlternativeName(MANAGEMENT).duration(1, TimeUnit.DAYS).build();
        this.certificate = Files.writeString(folder.resolve("cloud.pem"), held.certificatePem());
        server.useHttps(new HandshakeCertificates.Builder().heldCertificate(held).build().sslSocketFactory());
        server.setProtocols(List.of(Protocol.HTTP_1_1));
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answer(request);
            }
        });
        server.start();
        this.proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::acceptTunnels);
    }

    String proxyUrl() {
        return "http://127.0.0.1:" + proxy.getLocalPort();
    }

    Path certificate() {
        return certificate;
    }

    private MockResponse answer(RecordedRequest request) {
        String path = request.getTarget().replaceFirst("\\?.*", "");
        if (path.endsWith("/oauth2/v2.0/token")) {
            return fromEntra(path, request.getBody() == null ? ByteString.EMPTY : request.getBody());
        }
        String tenant = path.split("/", -1)[1];
        if (path.endsWith("/discovery/instance")) {
            return json(200, "{\"tenant_discovery_endpoint\": \"https://" + LOGIN + "/" + FakeEntra.TENANT_ID
                    + "/v2.0/.well-known/openid-configuration\", \"metadata\": []}");
        }
        if (path.endsWith("/.well-known/openid-configuration")) {
            String base = "https://" + LOGIN + "/" + tenant;
            return json(200, "{\"issuer\": \"" + base + "/v2.0\", \"authorization_endpoint\": \"" + base
                    + "/oauth2/v2.0/authorize\", \"token_endpoint\": \"" + base + "/oauth2/v2.0/token\"}");
        }
        boolean isEmptyList = path.equals("/tenants") || path.equals("/subscriptions");
        return json(isEmptyList ? 200 : 404, "{\"value\": []}");
    }

    private MockResponse fromEntra(String path, ByteString body) {
        MockResponse answer = entra.httpClient()
                .headers(headers -> headers.set("Content-Type", "application/x-www-form-urlencoded"))
                .post().uri(entra.authorityHost() + path)
                .send(ByteBufMono.fromString(Mono.just(body.utf8())))
                .responseSingle((response, content) -> content.asString(StandardCharsets.UTF_8)
                        .map(text -> json(response.status().code(), text)))
                .block(LIMIT);
        return answer == null ? json(500, "{}") : answer;
    }

    private static MockResponse json(int status, String body) {
        return new MockResponse.Builder().code(status).addHeader("Content-Type", "application/json").body(body).build();
    }

    private void acceptTunnels() {
        try {
            while (true) {
                Socket client = proxy.accept();
                daemon(() -> tunnel(client));
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    private void tunnel(Socket client) {
        try (client; Socket upstream = open(client)) {
            daemon(() -> pump(client, upstream));
            pump(upstream, client);
        } catch (IOException broken) {
            // The program sees that itself.
        }
    }

    private Socket open(Socket client) throws IOException {
        BufferedReader head = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1), 1);
        String target = String.valueOf(head.readLine());
        for (String line = head.readLine(); line != null && !line.isEmpty();) {
            line = head.readLine();
        }
        boolean isKnown = List.of("CONNECT " + LOGIN + ":443 HTTP/1.1", "CONNECT " + MANAGEMENT + ":443 HTTP/1.1",
                "CONNECT " + LOGIN + ":443 HTTP/1.0", "CONNECT " + MANAGEMENT + ":443 HTTP/1.0").contains(target);
        client.getOutputStream().write(("HTTP/1.1 " + (isKnown ? "200 OK" : "403 Forbidden") + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        if (!isKnown) {
            throw new IOException("not a way out: " + target);
        }
        return new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException closed) {
            // The end.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "cloud-on-loopback");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            proxy.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.close();
    }
}
