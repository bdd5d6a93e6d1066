package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.disconnectsMidBody;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.FakeAnswer.throttles;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** DESIGN 5: with every logger at TRACE, a planted secret is in no log line, no exception and nothing that is printed. */
class NothingSecretIsLoggedTest {

    private static final String SECRET = "planted~secret+7f3c";
    private static final String SCOPE = "https://vault.azure.net/.default";

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final Map<Logger, Level> levels = new HashMap<>();
    private final AppenderBase<ILoggingEvent> everything = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage() + " "
                    + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
    };

    @BeforeEach
    void listen() {
        everything.setContext(root.getLoggerContext());
        everything.start();
        root.iteratorForAppenders().forEachRemaining(appender -> appender.addFilter(new Quiet()));
        root.addAppender(everything);
        for (Logger logger : root.getLoggerContext().getLoggerList()) {
            if (logger != root && logger.getLevel() != null) {
                levels.put(logger, logger.getLevel());
                logger.setLevel(null);
            }
        }
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(before);
        levels.forEach(Logger::setLevel);
        root.detachAppender(everything);
        root.iteratorForAppenders().forEachRemaining(appender -> appender.clearAllFilters());
    }

    /** The console need not show what is only looked through. */
    private static final class Quiet extends ch.qos.logback.core.filter.Filter<ILoggingEvent> {
        @Override
        public ch.qos.logback.core.spi.FilterReply decide(ILoggingEvent event) {
            return event.getLevel().isGreaterOrEqual(Level.WARN)
                    ? ch.qos.logback.core.spi.FilterReply.NEUTRAL : ch.qos.logback.core.spi.FilterReply.DENY;
        }
    }

    @Test
    void whateverTheServerAnswers() {
        List<FakeAnswer> answers = List.of(issues(), refuses("invalid_client", 7000215, "The secret " + SECRET + " is wrong."),
                throttles(Duration.ofMinutes(5)), isDown(503), disconnectsMidBody(), answers(200, "{\"access_token\":\"" + SECRET),
                answers(200, "text/html", "<html>" + SECRET), answers(400, SECRET));
        List<String> printed = new ArrayList<>();
        List<String> secrets = new ArrayList<>(List.of(SECRET, URLEncoder.encode(SECRET, StandardCharsets.UTF_8)));
        try (FakeEntra entra = FakeEntra.start()) {
            entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, SECRET);
            for (FakeAnswer answer : answers) {
                entra.always(answer);
                ClientSecretCredential.Builder builder = ClientSecretCredential.builder().tenantId(FakeEntra.TENANT_ID)
                        .clientId(FakeEntra.CLIENT_ID).clientSecret(SECRET).authorityHost(entra.authorityHost())
                        .httpClient(entra.httpClient());
                ClientSecretCredential credential = builder.build();
                try {
                    AccessToken token = credential.getToken(SCOPE).blockOptional().orElseThrow();
                    secrets.add(token.token());
                    printed.add(token.toString());
                } catch (RuntimeException failure) {
                    printed.add(trace(failure));
                }
                printed.add(List.of(builder, credential).toString());
                credential.close().block();
            }
        }
        assertThat(printed).as("eight answers, and eight credentials").hasSize(16);
        assertThat(lines).as("it was heard").anyMatch(line -> line.startsWith("dev.monocred "))
                .anyMatch(line -> line.startsWith("reactor.netty"));
        for (String secret : secrets) {
            assertThat(lines).noneMatch(line -> line.contains(secret));
            assertThat(printed).noneMatch(text -> text.contains(secret));
        }
    }

    /** The code and the state come to a port of ours, and a query stands in the first line of a request. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whateverABrowserBringsBack(boolean isForm) {
        try (FakeEntra entra = FakeEntra.start()) {
            SilentBrowser browser = new SilentBrowser(entra, isForm);
            InteractiveBrowserCredential.Builder builder = InteractiveBrowserCredential.builder().clientId(FakeEntra.CLIENT_ID)
                    .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).responseMode("query").openBrowser(browser);
            InteractiveBrowserCredential credential = builder.build();
            List<String> printed = new ArrayList<>(List.of(credential.authenticate(TokenRequestContext.of(SCOPE)).blockOptional()
                    .orElseThrow().toString(), List.of(builder, credential).toString()));
            List<String> secrets = new ArrayList<>(List.of(credential.getToken(SCOPE).blockOptional().orElseThrow().token(),
                    credential.getToken("https://storage.azure.com/.default").blockOptional().orElseThrow().token()));
            entra.next(refuses("invalid_grant", 54005, "The code was redeemed before."));
            try {
                credential.authenticate(TokenRequestContext.of(SCOPE)).block();
            } catch (RuntimeException failure) {
                printed.add(trace(failure));
            }
            credential.close().block();
            secrets.addAll(browser.states);
            entra.requests().forEach(request -> Stream.of("code", "code_verifier", "refresh_token").map(request::field)
                    .filter(Objects::nonNull).forEach(secrets::add));

            assertThat(printed).hasSize(3);
            assertThat(secrets).as("two tokens, two states, two codes with their verifiers, and a refresh token").hasSize(9);
            assertThat(lines).as("it was heard").anyMatch(line -> line.contains("reactor.netty.http.server"));
            for (String secret : secrets) {
                assertThat(lines).noneMatch(line -> line.contains(secret));
                assertThat(printed).noneMatch(text -> text.contains(secret));
            }
        }
    }

    /** A browser that writes nothing into our log: the JDK's client. */
    private static final class SilentBrowser implements Function<URI, Mono<Void>> {

        private final List<String> states = new CopyOnWriteArrayList<>();
        private final HttpClient client;
        private final boolean isForm;

        SilentBrowser(FakeEntra entra, boolean isForm) {
            this.isForm = isForm;
            try {
                SSLContext tls = SSLContext.getInstance("TLS");
                tls.init(null, new TrustManager[] {entra.trustManager()}, null);
                this.client = HttpClient.newBuilder().sslContext(tls).build();
            } catch (GeneralSecurityException everyPlatformHasIt) {
                throw new IllegalStateException(everyPlatformHasIt);
            }
        }

        @Override
        public Mono<Void> apply(URI address) {
            states.add(address.getRawQuery().replaceFirst("^.*&state=([^&]*).*$", "$1"));
            String page = address.toString().replaceFirst("\\?.*", "");
            return Mono.fromFuture(() -> client.sendAsync(form(page, address.getRawQuery() + "&decision=sign-in&username=u"),
                    BodyHandlers.ofString()).thenAccept(answer -> bring(answer.headers().firstValue("Location").orElseThrow())));
        }

        private void bring(String location) {
            String[] parts = location.split("\\?", 2);
            HttpRequest request = isForm ? form(parts[0], parts[1]) : HttpRequest.newBuilder(URI.create(parts[0] + "/?" + parts[1])).build();
            CompletableFuture<?> unused = client.sendAsync(request, BodyHandlers.discarding());
            assertThat(unused).isNotNull();
        }

        private static HttpRequest form(String address, String body) {
            return HttpRequest.newBuilder(URI.create(address)).header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(body)).build();
        }
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
