package dev.monocred.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * The least that could be called a token client: a map, an expiry check, a single flight, a POST. It refreshes nothing ahead,
 * survives nothing, bounds nothing and explains nothing; what it costs is the floor.
 */
final class FloorClient {

    record Held(String token, long until) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ConcurrentHashMap<Ask, Held> held = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Ask, CompletableFuture<Held>> flights = new ConcurrentHashMap<>();
    private final HttpClient client = HttpClient.create(ConnectionProvider.builder("floor").maxConnections(128)
            .pendingAcquireMaxCount(-1).build());
    private final String authority;

    FloorClient(String authority) {
        this.authority = authority;
    }

    Mono<Held> getToken(Ask ask) {
        return Mono.defer(() -> {
            Held hit = held.get(ask);
            return hit != null && hit.until - System.nanoTime() > 0 ? Mono.just(hit) : join(ask);
        });
    }

    private Mono<Held> join(Ask ask) {
        CompletableFuture<Held> mine = new CompletableFuture<>();
        CompletableFuture<Held> theirs = flights.putIfAbsent(ask, mine);
        if (theirs == null) {
            post(ask).subscribe(token -> land(ask, mine, token, null), error -> land(ask, mine, null, error));
        }
        return Mono.fromFuture(theirs == null ? mine : theirs, true);
    }

    private void land(Ask ask, CompletableFuture<Held> flight, @Nullable Held token, @Nullable Throwable error) {
        if (token != null) {
            held.put(ask, token);
        }
        flights.remove(ask, flight);
        boolean first = error == null ? flight.complete(token) : flight.completeExceptionally(error);
        assert first;
    }

    private Mono<Held> post(Ask ask) {
        String tenant = ask.tenant() == null ? Contender.TENANT : ask.tenant();
        byte[] form = ("grant_type=client_credentials&client_id=" + Contender.CLIENT_ID + "&client_secret="
                + Contender.CLIENT_SECRET + "&scope=" + URLEncoder.encode(ask.scope(), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
        return client.headers(h -> h.set("Content-Type", "application/x-www-form-urlencoded").set("Content-Length", form.length))
                .post().uri(authority + "/" + tenant + "/oauth2/v2.0/token")
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(form)))
                .responseSingle((response, body) -> response.status().code() == 200
                        ? body.asByteArray().map(FloorClient::parse)
                        : Mono.error(new IllegalStateException("status " + response.status())));
    }

    private static Held parse(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            return new Held(json.path("access_token").asText(),
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(json.path("expires_in").asLong()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
