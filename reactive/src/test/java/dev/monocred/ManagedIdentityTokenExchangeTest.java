package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.internal.managedidentity.Position;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The first row of the detection table: platform.md 2, 15; checklist 21 (with W) and 72. */
class ManagedIdentityTokenExchangeTest {

    private static final String SCOPE = "https://vault.azure.net/.default";

    @TempDir
    Path folder;

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final FakeImds imds = FakeImds.start(time);
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void aPodHasItsVariables() throws IOException {
        variables.put("AZURE_TENANT_ID", FakeEntra.TENANT_ID);
        variables.put("AZURE_CLIENT_ID", FakeEntra.CLIENT_ID);
        variables.put("AZURE_FEDERATED_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), entra.federatedAssertion()).toString());
        variables.put("AZURE_AUTHORITY_HOST", entra.authorityHost());
    }

    @AfterEach
    void stop() {
        imds.close();
        entra.close();
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private ManagedIdentityCredential.Builder pod() {
        return ManagedIdentityCredential.builder().environment(variables::get).httpClient(entra.httpClient())
                .timeSource(time).scheduler(time.scheduler())
                .machine(given -> new Machine(given, "Linux", folder, imds.base()));
    }

    private static String get(ManagedIdentityCredential.Builder builder) {
        ManagedIdentityCredential credential = builder.build();
        try {
            return credential.getToken(TokenRequestContext.of(SCOPE).withTenantId("ignored.example")).blockOptional().orElseThrow()
                    .token();
        } finally {
            credential.close().block();
        }
    }

    private static ClientAuthenticationException failure(ManagedIdentityCredential.Builder builder) {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class, () -> get(builder)),
                "it did not fail");
    }

    /** Checklist 72. */
    @Test
    void thePodsOwnIdentityIsAskedAndNotItsMachines() throws IOException {
        assertThat(get(pod())).isNotBlank();
        assertThat(imds.requests()).isEmpty();
        assertThat(entra.discoveryRequests()).as("13.3: no instance discovery").isZero();
        assertThat(entra.requests()).singleElement().satisfies(request -> {
            assertThat(request.method() + " " + request.path())
                    .isEqualTo("POST /22222222-2222-2222-2222-222222222222/oauth2/v2.0/token");
            assertThat(request.form()).containsExactlyInAnyOrderEntriesOf(Map.of(
                    "grant_type", "client_credentials", "client_id", FakeEntra.CLIENT_ID, "scope", SCOPE,
                    "client_assertion", Files.readString(folder.resolve("token")),
                    "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
        });
    }

    /** Checklist 21. */
    @Test
    void itComesBeforeEveryHost() {
        List.of("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_ENDPOINT", "MSI_SECRET", "IMDS_ENDPOINT")
                .forEach(name -> variables.put(name, "http://localhost:1"));
        assertThat(get(pod())).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"})
    void withoutATenantOrAFileItIsAMachine(String variable) {
        variables.put(variable, " ");
        get(pod());
        assertThat(imds.requests()).hasSize(1);
        assertThat(entra.tokenRequests()).isZero();
    }

    /** Section 2: in the default chain the pod's own credential has had its turn; alone or as the one chosen it has not. */
    @ParameterizedTest
    @EnumSource
    void onlyTheDefaultChainLeavesItOut(Position position) {
        get(pod().position(position));
        assertThat(entra.tokenRequests()).isEqualTo(position == Position.IN_DEFAULT_CHAIN ? 0 : 1);
    }

    @Test
    void theClientIdThatIsSetWins() {
        variables.put("AZURE_CLIENT_ID", "other");
        get(pod().clientId(FakeEntra.CLIENT_ID));
        assertThat(entra.requests().get(0).field("client_id")).isEqualTo(FakeEntra.CLIENT_ID);
    }

    /** Checklist 72. */
    @Test
    void withoutAClientIdItIsUnavailable() {
        variables.remove("AZURE_CLIENT_ID");
        assertThat(failure(pod())).isInstanceOf(CredentialUnavailableException.class).hasMessage("ManagedIdentityCredential is"
                + " unavailable: AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE are set, but AZURE_CLIENT_ID is not. Set it, or"
                + " clientId, to the client id of the pod's identity.");
        assertThat(imds.requests()).isEmpty();
    }

    /** 10: client id only. */
    @Test
    void anotherKindOfIdIsUnavailable() {
        assertThat(failure(pod().objectId("an-object"))).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageContaining("a pod's workload identity has no objectId");
        assertThat(failure(pod().resourceId("/subscriptions/a"))).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageContaining("a pod's workload identity has no resourceId");
        assertThat(entra.tokenRequests()).isZero();
    }

    /** 15: Entra's refusals stop a chain, missing inputs do not. */
    @Test
    void aRefusalOfEntraIsOneAndAMissingFileIsNot() throws IOException {
        entra.next(refuses("invalid_client", 700213, "No matching federated identity record found."));
        assertThat(failure(pod())).isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("ManagedIdentityCredential: ").hasMessageContaining("AADSTS700213");
        Files.delete(folder.resolve("token"));
        assertThat(failure(pod())).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("ManagedIdentityCredential is unavailable: the federated token file");
    }

    @Test
    void claimsGoToEntra() {
        ManagedIdentityCredential credential = pod().build();
        credential.getToken(TokenRequestContext.of(SCOPE).withCaeEnabled(true)).block();
        credential.close().block();
        assertThat(entra.requests().get(0).field("claims")).isEqualTo("{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}");
    }
}
