package dev.monocred.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;

/** The smallest client that speaks to a fake. */
final class Client {

    static final String FORM = "application/x-www-form-urlencoded";
    static final String REQUEST_ID = "0b0b0b0b-0000-4000-8000-000000000000";

    private final FakeEntra entra;
    private final HttpClient http;

    Client(FakeEntra entra) {
        this(entra, entra.httpClient());
    }

    Client(FakeEntra entra, HttpClient http) {
        this.entra = entra;
        this.http = http.disableRetry(true);
    }

    static Map<String, String> form() {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", FakeEntra.CLIENT_ID);
        form.put("client_secret", FakeEntra.CLIENT_SECRET);
        form.put("grant_type", "client_credentials");
        form.put("scope", "https://vault.azure.net/.default");
        return form;
    }

    static String encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    Answer post() {
        return post(form());
    }

    Answer post(Map<String, String> form) {
        return post(FakeEntra.TENANT_ID, form);
    }

    Answer post(String tenant, Map<String, String> form) {
        return blocking(start(tenant, form));
    }

    /** Sends at once; the result can be waited for later, once or more. */
    Mono<Answer> start() {
        return start(FakeEntra.TENANT_ID, form());
    }

    Mono<Answer> start(String tenant, Map<String, String> form) {
        return exchange("POST", tenant, encode(form), FORM, null);
    }

    Answer send(String method, String body, @Nullable String contentType, @Nullable String transferEncoding) {
        return blocking(exchange(method, FakeEntra.TENANT_ID, body, contentType, transferEncoding));
    }

    Answer get(String url, @Nullable String token) {
        return blocking(http.headers(headers -> {
            if (token != null) {
                headers.set("Authorization", "Bearer " + token);
            }
        }).get().uri(url).responseSingle((response, body) -> Answer.of(response.status().code(), response.responseHeaders(), body)));
    }

    private Mono<Answer> exchange(String method, String tenant, String body, @Nullable String contentType,
            @Nullable String transferEncoding) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Mono<Answer> answer = http.headers(headers -> {
            headers.set("client-request-id", REQUEST_ID);
            if (contentType != null) {
                headers.set("Content-Type", contentType);
            }
            if (transferEncoding != null) {
                headers.set("Transfer-Encoding", transferEncoding);
            } else if (bytes.length > 0) {
                headers.set("Content-Length", bytes.length);
            }
        }).request(HttpMethod.valueOf(method)).uri(entra.authorityHost() + "/" + tenant + "/oauth2/v2.0/token")
                .send(bytes.length == 0 ? ByteBufFlux.fromString(Mono.empty()) : ByteBufFlux.fromString(Mono.just(body)))
                .responseSingle((response, content) ->
                        Answer.of(response.status().code(), response.responseHeaders(), content));
        Mono<Answer> started = answer.cache();
        started.subscribe(ignored -> { }, ignored -> { });
        return started;
    }

    static Answer blocking(Mono<Answer> answer) {
        return Objects.requireNonNull(answer.block(Duration.ofSeconds(20)));
    }

    record Answer(int status, HttpHeaders headers, String body) {

        static Mono<Answer> of(int status, HttpHeaders headers, ByteBufMono body) {
            return body.asString(StandardCharsets.UTF_8).defaultIfEmpty("").map(text -> new Answer(status, headers.copy(), text));
        }

        JsonNode json() {
            try {
                return JsonMapper.builder().build().readTree(body);
            } catch (JsonProcessingException notJson) {
                throw new AssertionError(body, notJson);
            }
        }

        String token() {
            return json().path("access_token").asText();
        }

        @Nullable String header(String name) {
            return headers.get(name);
        }

        List<String> headers(String name) {
            return headers.getAll(name);
        }
    }
}
