package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** DESIGN 5, for what a browser brings: no code, state, verifier or token is in any log line at TRACE, nor in any error. */
class NothingOfASignInIsLoggedTest {

    private static final String SCOPE = "https://vault.azure.net/.default";

    private final EverythingLogged logged = new EverythingLogged();

    @AfterEach
    void stopListening() {
        logged.close();
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
                printed.add(EverythingLogged.trace(failure));
            }
            credential.close().block();
            secrets.addAll(browser.states);
            entra.requests().forEach(request -> Stream.of("code", "code_verifier", "refresh_token").map(request::field)
                    .filter(Objects::nonNull).forEach(secrets::add));

            assertThat(printed).hasSize(3);
            assertThat(secrets).as("two tokens, two states, two codes with their verifiers, and a refresh token").hasSize(9);
            assertThat(logged.lines()).as("it was heard").anyMatch(line -> line.contains("reactor.netty.http.server"));
            for (String secret : secrets) {
                assertThat(logged.lines()).noneMatch(line -> line.contains(secret));
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
}
