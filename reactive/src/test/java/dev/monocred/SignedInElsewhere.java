package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

/** A cache as another program leaves it, with whoever signed in there; refresh tokens are real ones of a fake Entra. */
final class SignedInElsewhere {

    static final String UID = "11111111-1111-1111-1111-111111111111";
    static final String HOME = UID + "." + FakeEntra.TENANT_ID;
    static final String VAULT = "https://vault.azure.net/.default";
    private static final String REDIRECT = "http://localhost:8400";

    private final String environment;
    private final ObjectNode root = JsonNodeFactory.instance.objectNode();

    SignedInElsewhere(FakeEntra entra) {
        this.environment = URI.create(entra.authorityHost()).getAuthority();
    }

    /** What the fake's only person gets for an application. */
    static String refreshToken(FakeEntra entra, String clientId) {
        String form = Map.of("client_id", clientId, "grant_type", "authorization_code", "redirect_uri", REDIRECT,
                        "code", entra.authorizationCode(REDIRECT), "client_info", "1",
                        "scope", VAULT + " openid profile offline_access").entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8)).collect(Collectors.joining("&"));
        String answer = entra.httpClient().headers(headers -> headers.set("Content-Type", "application/x-www-form-urlencoded")
                        .set("Content-Length", form.length()))
                .post().uri(entra.authorityHost() + "/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/token")
                .send(ByteBufFlux.fromString(Mono.just(form))).responseContent().aggregate().asString().block();
        return json(Objects.requireNonNull(answer)).path("refresh_token").asText();
    }

    static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SignedInElsewhere account(String home, String realm, String username) {
        return entry("Account", home + "-" + environment + "-" + realm, "home_account_id", home, "environment", environment,
                "realm", realm, "username", username, "authority_type", "MSSTS");
    }

    SignedInElsewhere refreshToken(String home, String clientId, String familyId, String secret) {
        return namedRefreshToken(home + "-" + environment + "-refreshtoken-" + (familyId.isEmpty() ? clientId : familyId) + "--",
                home, clientId, familyId, secret);
    }

    SignedInElsewhere namedRefreshToken(String key, String home, String clientId, String familyId, String secret) {
        return entry("RefreshToken", key, "home_account_id", home, "environment", environment,
                "credential_type", "RefreshToken", "client_id", clientId, "family_id", familyId, "secret", secret);
    }

    SignedInElsewhere accessToken(String home, String clientId, String realm, String secret, Instant end) {
        return entry("AccessToken", home + "-" + environment + "-accesstoken-" + clientId + "-" + realm + "-" + VAULT,
                "home_account_id", home, "environment", environment, "credential_type", "AccessToken", "client_id", clientId,
                "realm", realm, "target", VAULT, "secret", secret, "expires_on", String.valueOf(end.getEpochSecond()));
    }

    private SignedInElsewhere entry(String section, String key, String... fields) {
        ObjectNode entry = root.withObjectProperty(section).putObject(key.toLowerCase(Locale.ROOT));
        for (int i = 0; i < fields.length; i += 2) {
            if (!fields[i + 1].isEmpty()) {
                entry.put(fields[i], fields[i + 1]);
            }
        }
        return this;
    }

    ObjectNode root() {
        return root;
    }

    String text() {
        return root.toString();
    }

    /** As programs leave it that keep it in a file. */
    Path in(Path home, String name) {
        try {
            Path folder = Files.createDirectories(home.resolve(".IdentityService"));
            return Files.writeString(folder.resolve(name), text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
