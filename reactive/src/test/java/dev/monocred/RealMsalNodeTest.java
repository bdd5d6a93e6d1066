package dev.monocred;

import static dev.monocred.SignedInElsewhere.VAULT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** One cache with Microsoft's own library for Node: each reads what the other wrote, and nobody signs in twice. */
@Tag("real")
@SuppressWarnings({"NullAway", "deprecation"}) // on JDK 17 it does not see in a class file that the environment may give null
class RealMsalNodeTest {

    private static final String STORAGE = "https://storage.azure.com/.default";
    private static final String CACHE = "msal.cache.nocae";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path home;

    private final FakeEntra entra = FakeEntra.start();
    private final List<TokenCredential> opened = new ArrayList<>();
    private final AtomicInteger prompts = new AtomicInteger();

    @AfterEach
    void end() {
        opened.forEach(credential -> credential.close().block(PATIENCE));
        entra.close();
    }

    /** No program is on this PATH, so nothing keeps a key. */
    private <B extends EntraCredentialBuilder<B>> B here(B builder) {
        Map<String, String> variables = Map.of("HOME", home.toString(), "PATH", home.resolve("nothing").toString());
        return builder.clientId(FakeEntra.CLIENT_ID).tenantId(FakeEntra.TENANT_ID).authorityHost(entra.authorityHost())
                .httpClient(entra.httpClient()).environment(variables::get);
    }

    private SharedTokenCacheCredential shared() {
        SharedTokenCacheCredential credential = here(SharedTokenCacheCredential.builder()).build();
        opened.add(credential);
        return credential;
    }

    private DeviceCodeCredential.Builder deviceCode() {
        return here(DeviceCodeCredential.builder()).promptCallback(code -> Mono.fromRunnable(prompts::incrementAndGet))
                .tokenCachePersistence(TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build());
    }

    private DeviceCodeCredential opened(DeviceCodeCredential.Builder builder) {
        DeviceCodeCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    private static AccessToken get(TokenCredential credential, String scope) {
        return Objects.requireNonNull(credential.getToken(TokenRequestContext.of(scope)).block(PATIENCE));
    }

    private List<String> grants() {
        return entra.requests().stream().map(request -> String.valueOf(request.field("grant_type"))).toList();
    }

    private AuthenticationRecord record(JsonNode signedIn) {
        return AuthenticationRecord.of(entra.authorityHost(), FakeEntra.CLIENT_ID, signedIn.path("homeAccountId").asText(),
                FakeEntra.TENANT_ID, signedIn.path("username").asText());
    }

    @Test
    void whoSignedInToAProgramWithMsalNodeIsSignedInToTheSharedCache() throws Exception {
        MsalNode node = MsalNode.with(entra, home, CACHE);
        JsonNode signedIn = node.signsIn(VAULT);

        SharedTokenCacheCredential credential = shared();
        assertThat(get(credential, VAULT).token()).as("its own access token").isEqualTo(signedIn.path("token").asText());
        get(credential, STORAGE);

        assertThat(grants()).containsExactly("authorization_code", "refresh_token");
        assertThat(node.getsTokenSilently(VAULT, true).path("fromCache").asBoolean())
                .as("the refresh token that we rotated still serves the others").isFalse();
        assertThat(grants()).hasSize(3);
    }

    @Test
    void whatMsalNodeWroteIsACredentialsOwnCacheAndBothWriteOn() throws Exception {
        MsalNode node = MsalNode.with(entra, home, CACHE);
        JsonNode signedIn = node.signsIn(VAULT);
        DeviceCodeCredential.Builder builder = deviceCode().authenticationRecord(record(signedIn));

        assertThat(get(opened(builder), VAULT).token()).isEqualTo(signedIn.path("token").asText());
        String ours = get(opened(builder), STORAGE).token();
        JsonNode again = node.getsTokenSilently(STORAGE, false);
        String theirs = node.getsTokenSilently(VAULT, true).path("token").asText();

        assertThat(again.path("fromCache").asBoolean()).as("what we got was written for them").isTrue();
        assertThat(again.path("token").asText()).isEqualTo(ours);
        assertThat(get(opened(builder), VAULT).token()).as("what they got was written for us").isEqualTo(theirs);
        assertThat(prompts).hasValue(0);
        assertThat(grants()).containsExactly("authorization_code", "refresh_token", "refresh_token");
    }

    @Test
    void whoSignedInHereIsSignedInToAProgramWithMsalNode() throws Exception {
        MsalNode node = MsalNode.with(entra, home, CACHE);
        String ours = get(opened(deviceCode()), VAULT).token();
        assertThat(prompts).hasValue(1);

        JsonNode silent = node.getsTokenSilently(VAULT, false);
        JsonNode refreshed = node.getsTokenSilently(STORAGE, false);

        assertThat(silent.path("token").asText()).isEqualTo(ours);
        assertThat(silent.path("fromCache").asBoolean()).isTrue();
        assertThat(silent.path("homeAccountId").asText()).isEqualTo(SignedInElsewhere.HOME);
        assertThat(refreshed.path("fromCache").asBoolean()).as("with our refresh token").isFalse();
        assertThat(entra.requests().get(entra.tokenRequests() - 1).field("grant_type")).isEqualTo("refresh_token");
        assertThat(Files.readString(node.cache())).contains(refreshed.path("token").asText());
    }
}
