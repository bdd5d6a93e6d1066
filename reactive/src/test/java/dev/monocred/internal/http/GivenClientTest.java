package dev.monocred.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.runtime.SharedRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

/** The application's own HttpClient: copied, limited, never disposed (DESIGN 3). */
class GivenClientTest {

    private final SharedRuntime.Lease runtime = SharedRuntime.lease();
    private final ConnectionProvider pool = ConnectionProvider.create("given", 2);
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicReference<Map<String, List<String>>> seen = new AtomicReference<>(Map.of());
    private final HttpServer server = serverOnLoopback();

    private static HttpServer serverOnLoopback() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    @BeforeEach
    void start() {
        server.createContext("/moved", exchange -> {
            requests.incrementAndGet();
            exchange.getResponseHeaders().add("Location", "/");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            seen.set(exchange.getRequestHeaders());
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'o', 'k'});
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        runtime.release();
        pool.dispose();
    }

    private RawAnswer send(HttpClient given, String path) {
        HttpExchange exchange = new HttpExchange(runtime, given, HttpLimits.DEFAULTS, Schedulers.parallel(),
                new ProxyRules(name -> "", name -> ""));
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        return Objects.requireNonNull(exchange.send(HttpCall.get(uri, Map.of("Metadata", "true", "User-Agent", "ours")))
                .block(Duration.ofSeconds(20)));
    }

    @Test
    void itsRedirectsAndCompressionAreSwitchedOffAndOurHeadersWin() {
        HttpClient given = HttpClient.create(pool).followRedirect(true).compress(true)
                .headers(headers -> headers.set("User-Agent", "theirs").set("X-Theirs", "kept"));

        assertThat(send(given, "/moved").status()).isEqualTo(302);
        assertThat(requests).hasValue(1);

        assertThat(send(given, "/").status()).isEqualTo(200);
        assertThat(seen.get()).doesNotContainKey("Accept-encoding");
        assertThat(seen.get().get("User-agent")).containsExactly("ours");
        assertThat(seen.get().get("X-theirs")).containsExactly("kept");
        assertThat(seen.get().get("Metadata")).containsExactly("true");
    }

    @Test
    void itsProxyIsNotUsedForMetadataHosts() {
        HttpClient given = HttpClient.create(pool)
                .proxy(proxy -> proxy.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(1));

        assertThat(send(given, "/").status()).isEqualTo(200);
    }

    @Test
    void itIsUsableAfterTheCredentialIsClosed() {
        HttpClient given = HttpClient.create(pool);
        send(given, "/");

        runtime.release();

        assertThat(pool.isDisposed()).isFalse();
        assertThat(Objects.requireNonNull(given.get().uri("http://127.0.0.1:" + server.getAddress().getPort() + "/")
                .responseContent().aggregate().asString().block(Duration.ofSeconds(20)))).isEqualTo("ok");
    }

    @Test
    void itsOwnSettingsAreNotTouched() {
        HttpClient given = HttpClient.create(pool).followRedirect(true);
        send(given, "/");

        assertThat(given.configuration().isRetryDisabled()).isFalse();
        assertThat(given.configuration().responseTimeout()).isNull();
        assertThat(given.configuration().followRedirectPredicate()).isNotNull();
    }
}
