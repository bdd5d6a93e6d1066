package dev.monocred.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;

/** It answers what is wrong as the real service does: platform.md 17. */
class FakePipelinesTest {

    private static final String QUERY = "?api-version=7.1&serviceConnectionId=" + FakePipelines.SERVICE_CONNECTION_ID;
    private static final String RIGHT = "Bearer " + FakePipelines.SYSTEM_ACCESS_TOKEN;

    private final FakePipelines pipelines = FakePipelines.start(() -> "invented.oidc.token");

    private record Answer(int status, HttpHeaders headers, String body) {}

    @AfterEach
    void stop() {
        pipelines.close();
    }

    private Answer send(String method, String query, String authorization, String body, Map<String, String> more) {
        return HttpClient.newConnection()
                .headers(headers -> {
                    headers.set("Authorization", authorization).set("Content-Type", "application/json")
                            .set("Content-Length", body.length());
                    more.forEach(headers::set);
                })
                .request(HttpMethod.valueOf(method))
                .uri(Objects.requireNonNull(pipelines.environment().apply("SYSTEM_OIDCREQUESTURI")) + query)
                .send(ByteBufMono.fromString(Mono.just(body)))
                .responseSingle((head, content) -> content.asString(UTF_8).defaultIfEmpty("")
                        .map(text -> new Answer(head.status().code(), head.responseHeaders(), text)))
                .blockOptional(Duration.ofSeconds(20)).orElseThrow();
    }

    private Answer post(String query, String authorization) {
        return send("POST", query, authorization, "", Map.of("X-TFS-FedAuthRedirect", "Suppress"));
    }

    @Test
    void makesAnAssertionForTheRightRequest() {
        Answer answer = post(QUERY, RIGHT);
        assertThat(answer.status).isEqualTo(200);
        assertThat(answer.body).isEqualTo("{\"oidcToken\":\"invented.oidc.token\"}");
    }

    @Test
    void refusesAGetAndABody() {
        assertThat(send("GET", QUERY, RIGHT, "", Map.of()).status).isEqualTo(405);
        assertThat(send("POST", QUERY, RIGHT, "{}", Map.of()).status).isEqualTo(415);
    }

    @Test
    void refusesAnotherTokenAndGivesItsIds() {
        Answer answer = post(QUERY, "Bearer other");
        assertThat(answer.status).isEqualTo(401);
        assertThat(answer.headers.names()).contains("x-vss-e2eid", "x-msedge-ref");
    }

    @Test
    void sendsWhoDoesNotForbidItToASignInPage() {
        assertThat(send("POST", QUERY, "Bearer other", "", Map.of()).status).isEqualTo(302);
    }

    @Test
    void knowsOneVersionAndOneServiceConnection() {
        assertThat(post("?serviceConnectionId=" + FakePipelines.SERVICE_CONNECTION_ID, RIGHT).status).isEqualTo(400);
        assertThat(post("?api-version=7.1&serviceConnectionId=other", RIGHT).body)
                .contains("No service connection found with identifier other.");
        assertThat(post("/x" + QUERY, RIGHT).status).isEqualTo(404);
    }
}
