package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.tcp.SslProvider;

/**
 * The certified {@code oidc-provider} in Node, on loopback over TLS, with the configuration beside {@code server.mjs}.
 */
final class RealOpenIdProvider implements AutoCloseable {

    static final String TENANT = "tenant.example";
    static final String SECRET = "invented+secret/of&the=provider";

    private final CertificateFiles files;
    private final Process process;
    private final int port;
    private final HttpClient browser;

    private RealOpenIdProvider(CertificateFiles files, Process process, int port) {
        this.files = files;
        this.process = process;
        this.port = port;
        this.browser = browser();
    }

    /** Starts it; skips the test, with a reason, where there is no Node. */
    static RealOpenIdProvider start(Path folder) throws IOException, InterruptedException {
        Path home = NodePackages.installed("oidc");
        CertificateFiles files = new CertificateFiles(folder).makes("client").openssl("req -x509 -newkey rsa:2048 -nodes"
                + " -keyout server.key -out server.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost");
        // What it says goes to a file: nobody need read it, and it never fills a pipe.
        Process process = new ProcessBuilder("node", "server.mjs", folder.toString(), SECRET).directory(home.toFile())
                .redirectError(folder.resolve("provider.log").toFile()).start();
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        while (line != null && !line.startsWith("listening ")) {
            line = out.readLine();
        }
        assertThat(line).as(files.text("provider.log")).isNotNull();
        return new RealOpenIdProvider(files, process, Integer.parseInt(line.substring("listening ".length())));
    }

    /** Keys and certificates: {@code client.pem} is registered for {@code with-certificate}. */
    CertificateFiles files() {
        return files;
    }

    String authorityHost() {
        return "https://localhost:" + port;
    }

    reactor.netty.http.client.HttpClient httpClient() {
        SslProvider.GenericSslContextSpec<?> tls =
                Http11SslContextSpec.forClient().configure(ssl -> ssl.trustManager(files.path("server.pem").toFile()));
        return reactor.netty.http.client.HttpClient.create().secure(spec -> spec.sslContext(tls));
    }

    /** The person enters the code and says yes. */
    void approve(String userCode) {
        assertThat(get("/test/approve?code=" + userCode).statusCode()).isEqualTo(200);
    }

    /** The person enters the code and says no. */
    void decline(String userCode) {
        assertThat(get("/test/decline?code=" + userCode).statusCode()).isEqualTo(200);
    }

    /** The person signs in at the authorize page, which sends the browser back with a code. */
    String authorizationCode(String redirectUri, Map<String, String> parameters) {
        String query = parameters.entrySet().stream().map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        String next = "/" + TENANT + "/oauth2/v2.0/authorize?" + query;
        for (int hop = 0; hop < 10; hop++) {
            HttpResponse<String> answer = get(next);
            next = answer.headers().firstValue("location").orElseThrow(() -> new AssertionError(answer.body()))
                    .replace(authorityHost(), "");
            if (next.startsWith(redirectUri)) {
                return Stream.of(URI.create(next).getQuery().split("&")).filter(each -> each.startsWith("code=")).findFirst()
                        .orElseThrow().substring("code=".length());
            }
        }
        throw new AssertionError("the browser went round in circles");
    }

    private HttpResponse<String> get(String path) {
        try {
            return browser.send(HttpRequest.newBuilder(URI.create(authorityHost() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    private HttpClient browser() {
        try (InputStream certificate = Files.newInputStream(files.path("server.pem"))) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder().sslContext(tls).cookieHandler(new CookieManager()).build();
        } catch (IOException | GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("it ends with its standard input").isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
