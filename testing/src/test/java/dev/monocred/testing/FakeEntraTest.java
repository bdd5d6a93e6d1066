package dev.monocred.testing;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.disconnectsMidBody;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static dev.monocred.testing.FakeAnswer.neverAnswers;
import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.FakeAnswer.throttles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.monocred.testing.Client.Answer;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

class FakeEntraTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Instant START = Instant.parse("2030-01-02T03:04:05Z");

    private final ManualTime time = ManualTime.startingAt(START);
    private final FakeEntra entra = FakeEntra.start(time);
    private final Client client = new Client(entra);

    @AfterEach
    void close() {
        entra.close();
    }

    @Nested
    class WithoutScript {

        @Test
        void issuesATokenForARequestAsEntraWantsIt() {
            Answer answer = client.post();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("token_type").asText()).isEqualTo("Bearer");
            assertThat(answer.json().path("expires_in").asLong()).isEqualTo(3599);
            assertThat(answer.json().path("ext_expires_in").asLong()).isEqualTo(3599);
            assertThat(answer.json().has("refresh_in")).isFalse();
            assertThat(answer.header("Content-Type")).startsWith("application/json");
            assertThat(answer.header("Content-Length")).isNotNull();
        }

        @Test
        void theTokenIsAJwtWhoseTimesComeFromTheGivenClock() throws Exception {
            String[] parts = client.post().token().split("\\.");

            assertThat(parts).hasSize(3);
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            assertThat(claims.path("aud").asText()).isEqualTo("https://vault.azure.net");
            assertThat(claims.path("iss").asText()).isEqualTo("https://sts.windows.net/" + FakeEntra.TENANT_ID + "/");
            assertThat(claims.path("tid").asText()).isEqualTo(FakeEntra.TENANT_ID);
            assertThat(claims.path("appid").asText()).isEqualTo(FakeEntra.CLIENT_ID);
            assertThat(claims.path("iat").asLong()).isEqualTo(START.getEpochSecond());
            assertThat(claims.path("nbf").asLong()).isEqualTo(START.getEpochSecond());
            assertThat(claims.path("exp").asLong()).isEqualTo(START.getEpochSecond() + 3599);
        }

        @Test
        void theDateHeaderComesFromTheGivenClock() {
            assertThat(client.post().header("Date")).isEqualTo("Wed, 02 Jan 2030 03:04:05 GMT");
        }

        @Test
        void noTwoTokensAreEqual() {
            assertThat(IntStream.range(0, 5).mapToObj(i -> client.post().token())).doesNotHaveDuplicates();
        }

        @Test
        void registeredApplicationsGetTokensAndAChangedSecretReplacesTheOldOne() {
            entra.registers("contoso.example", "my-app", "one").registers("Contoso.Example", "my-app", "two");
            Map<String, String> form = Client.form();
            form.put("client_id", "MY-APP");

            form.put("client_secret", "one");
            assertThat(client.post("contoso.example", form).status()).isEqualTo(401);
            form.put("client_secret", "two");
            assertThat(client.post("contoso.example", form).status()).isEqualTo(200);
        }

        @Test
        void openIdScopesAreToleratedBesideTheResource() {
            Map<String, String> form = Client.form();
            form.put("scope", "openid https://vault.azure.net//.default offline_access profile");

            assertThat(client.post(form).status()).isEqualTo(200);
        }
    }

    @Nested
    class Refuses {

        @ParameterizedTest(name = "{0}={1} → {2} AADSTS{3}")
        @CsvSource(nullValues = "-", value = {
            "client_secret, wrong,                                         401, 7000215, invalid_client",
            "client_secret, -,                                             401, 7000218, invalid_client",
            "client_assertion, a.b.c,                                      400, 900144,  invalid_request",
            "client_id,     44444444-4444-4444-4444-444444444444,          400, 700016,  unauthorized_client",
            "client_id,     -,                                             400, 900144,  invalid_request",
            "grant_type,    -,                                             400, 900144,  invalid_request",
            "grant_type,    invented_grant,                                400, 70003,   unsupported_grant_type",
            "scope,         -,                                             400, 900144,  invalid_request",
            "scope,         https://vault.azure.net/user_impersonation,    400, 70011,   invalid_scope",
            "scope,         /.default,                                     400, 70011,   invalid_scope",
            "scope,         https://a.example/.default https://b.example/.default, 400, 70011, invalid_scope",
            "claims,        not json,                                      400, 9002313, invalid_request",
            "claims,        [],                                            400, 9002313, invalid_request",
        })
        void aFieldThatIsWrong(String field, String value, int status, long code, String error) {
            Map<String, String> form = Client.form();
            if (value == null) {
                form.remove(field);
            } else {
                form.put(field, value);
            }

            assertRefused(client.post(form), status, code, error);
        }

        @ParameterizedTest
        @CsvSource({"bad_tenant, 900023", "a%2Fb, 900023", "unknown.example, 90002", "'', 900023"})
        void aTenantItDoesNotKnow(String tenant, long code) {
            assertRefused(client.post(tenant, Client.form()), 400, code, "invalid_request");
        }

        @Test
        void anythingButPost() {
            assertRefused(client.send("GET", "", null, null), 400, 900561, "invalid_request");
        }

        @ParameterizedTest
        @ValueSource(strings = {"application/json", "text/plain"})
        void anythingButAForm(String contentType) {
            assertRefused(client.send("POST", Client.encode(Client.form()), contentType, null), 400, 9002313, "invalid_request");
        }

        @Test
        void aChunkedBody() {
            assertRefused(client.send("POST", Client.encode(Client.form()), Client.FORM, "chunked"), 411, 9002313, "invalid_request");
        }

        @ParameterizedTest
        @ValueSource(strings = {"&grant_type=client_credentials", "&x=%", "&x=%zz", "&nothing", "&=value", "&"})
        void aBodyThatIsNotAProperForm(String more) {
            assertRefused(client.send("POST", Client.encode(Client.form()) + more, Client.FORM, null), 400, 9002313, "invalid_request");
        }

        @Test
        void withTheJsonThatEntraSends() {
            Map<String, String> form = Client.form();
            form.put("client_secret", "wrong");
            JsonNode json = client.post(form).json();

            assertThat(json.path("correlation_id").asText()).as("echo of client-request-id").isEqualTo(Client.REQUEST_ID);
            assertThat(json.path("timestamp").asText()).isEqualTo("2030-01-02 03:04:05Z");
            assertThat(json.path("trace_id").asText()).hasSize(36);
            assertThat(json.path("error_description").asText()).startsWith("AADSTS7000215: Invalid client secret provided.")
                    .contains("Trace ID: " + json.path("trace_id").asText(), "Correlation ID: " + Client.REQUEST_ID,
                            "Timestamp: 2030-01-02 03:04:05Z")
                    .doesNotContain("wrong", FakeEntra.CLIENT_SECRET);
        }

        private void assertRefused(Answer answer, int status, long code, String error) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.json().path("error").asText()).isEqualTo(error);
            assertThat(answer.json().path("error_codes").get(0).asLong()).isEqualTo(code);
            assertThat(answer.json().path("error_description").asText()).startsWith("AADSTS" + code + ": ");
        }
    }

    @Nested
    class Scripted {

        @Test
        void queuedAnswersComeInOrderAndThenTheStandingOne() {
            entra.always(issues(Duration.ofHours(24), Duration.ofHours(12))).next(isDown(503), refuses("invalid_grant", 1, "No."));

            assertThat(client.post().status()).isEqualTo(503);
            assertThat(client.post().status()).isEqualTo(400);
            JsonNode json = client.post().json();
            assertThat(json.path("expires_in").asLong()).isEqualTo(86_400);
            assertThat(json.path("refresh_in").asLong()).isEqualTo(43_200);
        }

        @Test
        void theConditionSetLastCounts() {
            entra.registers("sick.example", FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET)
                    .always(request -> true, isDown(500))
                    .always(request -> request.tenant().equals("sick.example"), isDown(502));

            assertThat(client.post("sick.example", Client.form()).status()).isEqualTo(502);
            assertThat(client.post().status()).isEqualTo(500);
            entra.always(issues());
            assertThat(client.post("sick.example", Client.form()).status()).isEqualTo(200);
        }

        @Test
        void aScriptedTokenIsStillVerified() {
            entra.next(issues(Duration.ofHours(1)));
            Map<String, String> form = Client.form();
            form.put("client_secret", "wrong");

            assertThat(client.post(form).status()).isEqualTo(401);
        }

        @Test
        void refusalsCarryFurtherMembers() {
            entra.next(refuses("interaction_required", 50076, "MFA.", Map.of("suberror", "basic_action", "claims", "{\"a\":1}")));

            JsonNode json = client.post().json();
            assertThat(json.path("suberror").asText()).isEqualTo("basic_action");
            assertThat(json.path("claims").asText()).isEqualTo("{\"a\":1}");
        }

        @Test
        void throttlingWithAndWithoutAHeader() {
            entra.next(throttles(Duration.ofSeconds(60)), throttles());

            Answer first = client.post();
            assertThat(first.status()).isEqualTo(429);
            assertThat(first.header("Retry-After")).isEqualTo("60");
            assertThat(client.post().header("Retry-After")).isNull();
        }

        @Test
        void anyAnswerWithHeadersThatRepeat() {
            entra.next(answers(503, "text/plain", "gone").withHeader("Retry-After", "1").withHeader("Retry-After", "60"));

            Answer answer = client.post();
            assertThat(answer.headers("Retry-After")).containsExactly("1", "60");
            assertThat(answer.body()).isEqualTo("gone");
            assertThat(answer.header("Content-Type")).isEqualTo("text/plain");
        }

        @Test
        void aConnectionThatEndsBeforeOrInTheAnswer() {
            entra.next(disconnects(), disconnectsMidBody());

            assertThatThrownBy(() -> client.post()).hasMessageContaining("prematurely closed BEFORE response");
            assertThatThrownBy(() -> client.post()).hasMessageContaining("prematurely closed DURING response");
            assertThat(entra.tokenRequests()).isEqualTo(2);
            assertThat(client.post().status()).isEqualTo(200);
        }

        @Test
        void aConnectionThatEndsAfterACompleteAnswer() {
            entra.next(issues().thenDisconnects());

            assertThat(client.post().status()).isEqualTo(200);
        }

        @Test
        void anAnswerThatNeverComesDoesNotHoldTheEndUp() {
            entra.next(neverAnswers());
            Mono<Answer> waiting = client.start();

            entra.awaitTokenRequests(1).close();

            assertThatThrownBy(() -> waiting.block(Duration.ofSeconds(10))).isNotInstanceOf(IllegalStateException.class);
        }

        @Test
        void anAnswerThatComesLate() {
            entra.next(issues().after(Duration.ofMillis(50)));
            long before = System.nanoTime();

            client.post();

            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
        }
    }

    @Nested
    class HeldBack {

        @Test
        void answersComeInTheOrderTheyAreReleased() {
            entra.registers("a.example", FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET)
                    .registers("b.example", FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET).holds();
            List<String> order = new ArrayList<>();
            Mono<Answer> a = client.start("a.example", Client.form()).doOnNext(answer -> order.add("a"));
            Mono<Answer> b = client.start("b.example", Client.form()).doOnNext(answer -> order.add("b"));
            entra.awaitTokenRequests(2);

            entra.releases(request -> request.tenant().equals("b.example"));
            b.block(Duration.ofSeconds(10));
            entra.releases();
            a.block(Duration.ofSeconds(10));

            assertThat(order).containsExactly("b", "a");
            assertThat(entra.maxConcurrentTokenRequests()).isEqualTo(2);
        }

        @Test
        void nothingIsHeldAfterTheRelease() {
            entra.holds().releases();

            assertThat(client.post().status()).isEqualTo(200);
            assertThat(entra.maxConcurrentTokenRequests()).isEqualTo(1);
        }

        @Test
        void tokensBeginWhenTheyAreReleased() {
            entra.holds();
            Mono<Answer> waiting = client.start();
            entra.awaitTokenRequests(1);
            time.advance(Duration.ofMinutes(1));
            entra.releases();

            assertThat(Client.blocking(waiting).header("Date")).isEqualTo("Wed, 02 Jan 2030 03:05:05 GMT");
            assertThat(entra.requests().get(0).time()).as("arrival").isEqualTo(START);
        }
    }

    @Nested
    class Records {

        @Test
        void whatArrived() {
            Map<String, String> form = Client.form();
            form.put("scope", "https://ä.example/.default");
            client.post(form);

            RecordedTokenRequest request = entra.requests().get(0);
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.path()).isEqualTo("/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/token");
            assertThat(request.tenant()).isEqualTo(FakeEntra.TENANT_ID);
            assertThat(request.form()).isEqualTo(form);
            assertThat(request.form().keySet()).containsExactlyElementsOf(form.keySet());
            assertThat(request.scopes()).containsExactly("https://ä.example/.default");
            assertThat(request.field("grant_type")).isEqualTo("client_credentials");
            assertThat(request.field("claims")).isNull();
            assertThat(request.header("Content-Type")).isEqualTo(Client.FORM);
            assertThat(request.header("x-nothing")).isNull();
            assertThat(request.time()).isEqualTo(START);
        }

        @Test
        void withoutShowingSecrets() {
            Map<String, String> form = Client.form();
            form.put("refresh_token", "planted-1");
            form.put("assertion", "planted-2");
            client.post(form);

            assertThat(entra.requests().get(0).toString()).contains("client_credentials", "client_secret=(hidden)")
                    .doesNotContain(FakeEntra.CLIENT_SECRET, "planted");
        }

        @Test
        void requestsThatAreRefusedToo() {
            entra.next(isDown(503));
            client.post();

            assertThat(entra.tokenRequests()).isEqualTo(1);
            assertThat(entra.discoveryRequests()).isZero();
        }
    }

    @Nested
    class InstanceDiscovery {

        private static final String QUERY = "?api-version=1.1&authorization_endpoint=";

        @Test
        void describesItselfHostAndPort() {
            Answer answer = discover(QUERY + entra.authorityHost() + "/my.example/oauth2/v2.0/authorize");

            String host = entra.authorityHost().substring("https://".length());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("tenant_discovery_endpoint").asText())
                    .isEqualTo(entra.authorityHost() + "/my.example/v2.0/.well-known/openid-configuration");
            assertThat(answer.json().at("/metadata/0/preferred_network").asText()).isEqualTo(host);
            assertThat(answer.json().at("/metadata/0/aliases/0").asText()).isEqualTo(host);
            assertThat(entra.discoveryRequests()).isEqualTo(1);
            assertThat(entra.discoveries().get(0).getQuery()).contains("api-version=1.1");
            assertThat(entra.tokenRequests()).isZero();
        }

        @ParameterizedTest
        @CsvSource({"https://localhost:1/t/oauth2/v2.0/authorize, 50049", "https://login.example/t/oauth2/v2.0/authorize, 50049",
            "http://localhost/t/oauth2/v2.0/authorize, 50049", "'', 50049"})
        void doesNotKnowOthers(String endpoint, long code) {
            Answer answer = discover(QUERY + endpoint);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("error").asText()).isEqualTo("invalid_instance");
            assertThat(answer.json().path("error_codes").get(0).asLong()).isEqualTo(code);
        }

        @Test
        void wantsItsParameters() {
            assertThat(discover("").json().path("error").asText()).isEqualTo("invalid_request");
        }

        @Test
        void answersAsScripted() {
            entra.discovery(refuses("invalid_instance", 50049, "Unknown or invalid instance."));

            JsonNode json = discover(QUERY + entra.authorityHost() + "/t/oauth2/v2.0/authorize").json();
            assertThat(json.path("error").asText()).isEqualTo("invalid_instance");
        }

        private Answer discover(String query) {
            return client.get(entra.authorityHost() + "/common/discovery/instance" + query, null);
        }
    }

    @Nested
    class ProtectedResource {

        @Test
        void acceptsATokenUntilItEnds() {
            String token = client.post().token();

            time.advance(Duration.ofSeconds(3598));
            assertThat(call(token).status()).isEqualTo(200);
            time.advance(Duration.ofSeconds(1));
            assertThat(call(token).status()).isEqualTo(401);
        }

        @Test
        void refusesARevokedTokenAndAcceptsANewOne() {
            String token = client.post().token();
            entra.revokes(token);

            Answer answer = call(token);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer ").doesNotContain("claims=");
            assertThat(call(client.post().token()).status()).isEqualTo(200);
        }

        @Test
        void challengesForClaims() {
            String claims = "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1767225600\"}}}";
            String token = client.post().token();
            entra.revokes(token, claims);

            assertThat(call(token).header("WWW-Authenticate")).contains("error=\"insufficient_claims\"",
                    "claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNzY3MjI1NjAwIn19fQ==\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "abc", "a.b.c", "."})
        void refusesWhatItDidNotIssue(String token) {
            assertThat(call(token).status()).isEqualTo(401);
        }

        @Test
        void refusesAnotherFakesToken() {
            try (FakeEntra other = FakeEntra.start(time)) {
                assertThat(call(new Client(other).post().token()).status()).isEqualTo(401);
            }
        }

        private Answer call(String token) {
            return client.get(entra.protectedUrl(), token);
        }
    }

    @Nested
    class Server {

        @Test
        void isTrustedByItsOwnClientOnly() {
            assertThatThrownBy(() -> new Client(entra, HttpClient.create()).post())
                    .hasRootCauseInstanceOf(GeneralSecurityException.class);
            try (FakeEntra other = FakeEntra.start()) {
                assertThatThrownBy(() -> new Client(other, entra.httpClient()).post())
                        .hasRootCauseInstanceOf(GeneralSecurityException.class);
            }
        }

        @Test
        void showsItsCertificateToOtherClients() throws Exception {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, new TrustManager[] {entra.trustManager()}, null);
            HttpsURLConnection connection = (HttpsURLConnection)
                    URI.create(entra.protectedUrl().replace("localhost", "127.0.0.1")).toURL().openConnection();
            connection.setSSLSocketFactory(tls.getSocketFactory());

            assertThat(connection.getResponseCode()).isEqualTo(401);
            assertThat(entra.certificatePem()).startsWith("-----BEGIN CERTIFICATE-----");
        }

        @Test
        void servesManyAtOnce() {
            List<Integer> statuses = Flux.range(0, 200).flatMap(i -> client.start().map(Answer::status), 200)
                    .collectList().block(Duration.ofSeconds(30));

            assertThat(statuses).hasSize(200).containsOnly(200);
            assertThat(entra.tokenRequests()).isEqualTo(200);
        }

        @Test
        void doesNotKnowOtherPaths() {
            assertThat(client.get(entra.authorityHost() + "/elsewhere", null).status()).isEqualTo(404);
        }

        @Test
        void closesTwiceAndWhileAnswersAreHeld() {
            entra.holds();
            Disposable waiting = client.start().onErrorComplete().subscribe();
            entra.awaitTokenRequests(1);

            entra.close();
            entra.close();

            waiting.dispose();
            assertThatThrownBy(() -> client.post()).isInstanceOf(RuntimeException.class);
        }
    }
}
