package dev.monocred.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.ssl.SslContextBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.tcp.SslProvider;

/**
 * A token endpoint over TLS on loopback, in a JVM of its own so that its threads and its garbage are nobody's. A plain socket
 * beside it takes {@link Script}s and tells how many token requests came. Ends with its standard input.
 */
final class TokenServer {

    /** A signed token of a daemon is this long. */
    static final int TOKEN_LENGTH = 1_500;

    private static final String PADDING = "x".repeat(TOKEN_LENGTH);

    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();
    private volatile Script script = Script.prompt();

    private TokenServer() {}

    /** Arguments: key store, its password. */
    public static void main(String... args) throws Exception {
        TokenServer server = new TokenServer();
        KeyManagerFactory keys = keys(Path.of(args[0]), args[1]);
        int port = server.start(keys).port();
        try (ServerSocket admin = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread orders = new Thread(() -> server.takeOrders(admin), "orders");
            orders.setDaemon(true);
            orders.start();
            System.out.println("READY " + port + " " + admin.getLocalPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        System.exit(0);
    }

    private static KeyManagerFactory keys(Path file, String password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, password.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password.toCharArray());
        return keys;
    }

    /** Port 443 where that is allowed: at an authority with a port, the peer's cache never hits. */
    private DisposableServer start(KeyManagerFactory keys) {
        HttpServer server = HttpServer.create().host("127.0.0.1")
                .secure(ssl -> ssl.sslContext((SslProvider.GenericSslContextSpec<SslContextBuilder>) Http11SslContextSpec.forServer(keys))).handle(this::answer)
                .doOnChannelInit((observer, channel, remote) -> connections.incrementAndGet());
        try {
            return server.port(443).bindNow();
        } catch (ChannelBindException e) {
            return server.port(0).bindNow();
        }
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        if (!request.uri().endsWith("/oauth2/v2.0/token")) {
            return response.status(404).send();
        }
        requests.incrementAndGet();
        Script now = script;
        boolean bad = request.uri().startsWith("/bad");
        int status = bad ? 500 : now.status();
        long delay = bad ? now.badDelayMillis() : now.delayMillis();
        Mono<Void> read = request.receive().then();
        return (delay == 0 ? read : read.then(Mono.delay(Duration.ofMillis(delay)).then()))
                .then(Mono.defer(() -> response.status(status).header("Content-Type", "application/json")
                        .sendString(Mono.just(body(status, now))).then()));
    }

    private String body(int status, Script now) {
        if (status != 200) {
            return "{\"error\":\"temporarily_unavailable\",\"error_description\":\"AADSTS90033: out of order\"}";
        }
        String token = tokens.incrementAndGet() + PADDING;
        return "{\"token_type\":\"Bearer\",\"expires_in\":" + now.expiresInSeconds() + ",\"ext_expires_in\":"
                + now.expiresInSeconds() + ",\"access_token\":\"" + token.substring(0, TOKEN_LENGTH) + "\"}";
    }

    private void takeOrders(ServerSocket admin) {
        while (!admin.isClosed()) {
            try (Socket socket = admin.accept()) {
                String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
                socket.getOutputStream().write((obey(line) + "\n").getBytes(UTF_8));
            } catch (IOException e) {
                System.err.println("order lost: " + e);
            }
        }
    }

    private long obey(String line) {
        return switch (line) {
            case "count" -> requests.get();
            case "connections" -> connections.getAndSet(0);
            default -> {
                script = Script.parse(line);
                yield requests.getAndSet(0);
            }
        };
    }
}
