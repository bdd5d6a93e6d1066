package dev.monocred.testing;

import static dev.monocred.testing.FakeAnswer.isDown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each fake host refuses, as the real one would, asked by a client that is none of ours. */
class FakeHostsTest {

    private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");
    private static final String TOKEN_PATH = "/metadata/identity/oauth2/token";

    private final ManualTime time = ManualTime.startingAt(NOW);
    private final HandshakeCertificates anybody = new HandshakeCertificates.Builder().addInsecureHost("localhost").build();
    private final OkHttpClient client = new OkHttpClient.Builder().followRedirects(false)
            .sslSocketFactory(anybody.sslSocketFactory(), anybody.trustManager()).hostnameVerifier((host, session) -> true).build();

    @AfterEach
    void close() {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }

    /** Status and body. */
    private record Answer(int status, JsonNode body, String challenge) {
        String text(String... path) {
            JsonNode node = body;
            for (String name : path) {
                node = node.path(name);
            }
            return node.asText();
        }
    }

    private Answer send(Request.Builder request) throws IOException {
        try (Response response = client.newCall(request.build()).execute()) {
            return new Answer(response.code(), new ObjectMapper().readTree(response.body().string()),
                    String.valueOf(response.header("WWW-Authenticate")));
        }
    }

    private Answer get(String url, String... header) throws IOException {
        Request.Builder request = new Request.Builder().url(url);
        for (int i = 0; i < header.length; i += 2) {
            request.header(header[i], header[i + 1]);
        }
        return send(request);
    }

    private static String variable(FakeHost<?> host, String name) {
        return String.valueOf(host.variables().get(name));
    }

    private static final String RIGHT = "?api-version=2018-02-01&resource=https://a";

    @ParameterizedTest
    @CsvSource({RIGHT + ",true,200,", RIGHT + ",false,400,invalid_request", RIGHT + ",'',400,invalid_request",
        "?resource=https://a,true,400,invalid_request", "?api-version=2020-06-01&resource=https://a,true,400,invalid_request",
        "?api-version=2018-02-01,true,400,invalid_request", RIGHT + "&resource=https://b,true,400,invalid_request",
        RIGHT + "&client_id=nobody,true,400,invalid_request", RIGHT + "&mi_res_id=x,true,400,invalid_request",
        RIGHT + "&client_id=" + FakeImds.CLIENT_ID + ",true,200,", RIGHT + "&object_id=" + FakeImds.OBJECT_ID + ",true,200,",
        RIGHT + "&client_id=" + FakeImds.CLIENT_ID + "&object_id=" + FakeImds.OBJECT_ID + ",true,400,invalid_request"})
    void aVirtualMachineWantsItsHeaderItsVersionAndOneIdentity(String query, String metadata, int status, String error)
            throws IOException {
        try (FakeImds imds = FakeImds.start(time)) {
            Answer answer = get(imds.base() + TOKEN_PATH + query, "Metadata", metadata);
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text("error")).isEqualTo(error == null ? "" : error);
            if (status == 200) {
                assertThat(answer.text("expires_on")).isEqualTo(Long.toString(NOW.getEpochSecond() + 3599));
                assertThat(answer.text("resource")).isEqualTo("https://a");
            }
        }
    }

    @Test
    void aVirtualMachineHasOnePathAndOneMethodAndNoProxiesBeforeIt() throws IOException {
        try (FakeImds imds = FakeImds.start(time)) {
            assertThat(get(imds.base() + "/metadata" + RIGHT, "Metadata", "true").status()).isEqualTo(404);
            assertThat(get(imds.base() + TOKEN_PATH + RIGHT, "Metadata", "true", "X-Forwarded-For", "a").status()).isEqualTo(400);
            assertThat(send(new Request.Builder().url(imds.base() + TOKEN_PATH + RIGHT).header("Metadata", "true")
                    .post(new FormBody.Builder().build())).status()).isEqualTo(405);
            assertThat(imds.requests()).hasSize(3);
        }
    }

    @Test
    void appServiceWantsItsPresentSecret() throws IOException {
        try (FakeAppService app = FakeAppService.start(time)) {
            String url = variable(app, "IDENTITY_ENDPOINT") + "?api-version=2019-08-01&resource=https://a";
            String secret = app.secret();
            assertThat(get(url, "X-IDENTITY-HEADER", secret).status()).isEqualTo(200);
            assertThat(get(url + "&mi_res_id=" + FakeImds.RESOURCE_ID, "X-IDENTITY-HEADER", secret).status()).isEqualTo(200);
            assertThat(get(url).status()).isEqualTo(401);
            assertThat(get(url.replace("2019-08-01", "2017-09-01"), "X-IDENTITY-HEADER", secret).status()).isEqualTo(400);
            assertThat(get(url + "&msi_res_id=" + FakeImds.RESOURCE_ID, "X-IDENTITY-HEADER", secret).status()).isEqualTo(400);
            assertThat(get(url.replace("&resource=https://a", ""), "X-IDENTITY-HEADER", secret).status()).isEqualTo(500);
            app.rotates();
            Answer late = get(url, "X-IDENTITY-HEADER", secret);
            assertThat(late.status()).isEqualTo(401);
            assertThat(late.text("message")).isNotEmpty();
            assertThat(app.environment().apply("IDENTITY_HEADER")).isEqualTo(app.secret()).isNotEqualTo(secret);
        }
    }

    @Test
    void machineLearningWantsTheQueryOf2017() throws IOException {
        try (FakeMachineLearning host = FakeMachineLearning.start(time)) {
            String url = variable(host, "MSI_ENDPOINT") + "?api-version=2017-09-01&resource=https://a";
            String secret = variable(host, "MSI_SECRET");
            Answer right = get(url + "&clientid=" + FakeImds.CLIENT_ID, "secret", secret);
            assertThat(right.status()).isEqualTo(200);
            assertThat(right.body().path("expires_on").isNumber()).isTrue();
            assertThat(get(url).status()).isEqualTo(401);
            assertThat(get(url + "&client_id=" + FakeImds.CLIENT_ID, "secret", secret).status()).isEqualTo(400);
            assertThat(get(url + "&clientid=nobody", "secret", secret).status()).isEqualTo(400);
        }
    }

    @Test
    void cloudShellWantsAFormWithAResourceAndNothingElse() throws IOException {
        try (FakeCloudShell shell = FakeCloudShell.start(time)) {
            String url = variable(shell, "MSI_ENDPOINT");
            FormBody form = new FormBody.Builder().add("resource", "https://a").build();
            assertThat(send(new Request.Builder().url(url).header("Metadata", "true").post(form)).status()).isEqualTo(200);
            assertThat(send(new Request.Builder().url(url).post(form)).text("error", "code")).isEqualTo("MissingMetadata");
            assertThat(get(url + "?resource=https://a", "Metadata", "true").status()).isEqualTo(404);
            assertThat(get(url, "Metadata", "true").status()).isEqualTo(405);
            assertThat(send(new Request.Builder().url(url).header("Metadata", "true").post(new FormBody.Builder()
                    .add("resource", "https://a").add("client_id", "b").build())).text("error", "code"))
                    .isEqualTo("AudienceNotSupported");
        }
    }

    @Test
    void arcGivesEachKeyForOneRequest() throws IOException {
        Path root;
        try (FakeArc arc = FakeArc.start(time)) {
            root = arc.root();
            String url = variable(arc, "IDENTITY_ENDPOINT") + "?api-version=2020-06-01&resource=https://a";
            Answer challenge = get(url, "Metadata", "true");
            assertThat(challenge.status()).isEqualTo(401);
            assertThat(challenge.challenge()).startsWith("Basic realm=/var/opt/azcmagent/tokens/").endsWith(".key");
            Path file = root.resolve(challenge.challenge().substring("Basic realm=/".length()));
            String key = Files.readString(file).strip();
            assertThat(get(url, "Metadata", "true", "Authorization", "Basic " + key).status()).isEqualTo(200);
            assertThat(file).doesNotExist();
            assertThat(get(url, "Metadata", "true", "Authorization", "Basic " + key).status()).isEqualTo(401);
            assertThat(get(url).status()).isEqualTo(400);
            assertThat(get(url.replace("2020-06-01", "2019-11-01"), "Metadata", "true").status()).isEqualTo(400);
            arc.asksForNoKey();
            assertThat(get(url + "&client_id=" + FakeImds.CLIENT_ID, "Metadata", "true").text("client_id"))
                    .isEqualTo(FakeImds.CLIENT_ID);
            assertThat(get(url + "&client_id=nobody", "Metadata", "true").text("error")).isEqualTo("identity_not_found");
            arc.isOld();
            assertThat(get(url + "&client_id=nobody", "Metadata", "true").body().has("client_id")).isFalse();
        }
        assertThat(root).doesNotExist();
    }

    @Test
    void serviceFabricTellsWhatIsWrong() throws IOException {
        try (FakeServiceFabric fabric = FakeServiceFabric.start(time)) {
            String endpoint = variable(fabric, "IDENTITY_ENDPOINT");
            String url = endpoint + "?api-version=2019-07-01-preview&resource=https://a";
            String secret = variable(fabric, "IDENTITY_HEADER");
            assertThat(get(url, "Secret", secret).body().path("expires_on").longValue()).isEqualTo(NOW.getEpochSecond() + 3599);
            assertThat(List.of(get(url), get(url, "Secret", "another"), get(url.replace("-preview", ""), "Secret", secret),
                    get(endpoint + "?api-version=2019-07-01-preview", "Secret", secret), get(url + "/", "Secret", secret),
                    get(url + "&client_id=a", "Secret", secret)))
                    .extracting(Answer::status, answer -> answer.text("error", "code")).containsExactly(
                            tuple(400, "SecretHeaderNotFound"), tuple(404, "ManagedIdentityNotFound"),
                            tuple(400, "InvalidApiVersion"), tuple(400, "ArgumentNullOrEmpty"),
                            tuple(500, "InternalServerError"), tuple(500, "InternalServerError"));
            assertThat(fabric.thumbprint()).matches("[0-9A-F]{40}");
        }
    }

    @Test
    void hostsSayWhatIsScriptedForThem() throws IOException {
        try (FakeAppService app = FakeAppService.start(time).next(isDown(503))) {
            Request.Builder request = new Request.Builder().url(variable(app, "IDENTITY_ENDPOINT"));
            try (Response response = client.newCall(request.build()).execute()) {
                assertThat(response.code()).isEqualTo(503);
            }
            assertThat(app.requests()).singleElement().satisfies(seen -> {
                assertThat(seen.transcript()).startsWith("GET /msi/token\n").doesNotContain("host:");
                assertThat(seen.toString()).doesNotContain("okhttp");
                assertThat(seen.time()).isEqualTo(NOW);
            });
            assertThat(app.toString()).contains("requests=1").doesNotContain(app.secret());
        }
    }
}
