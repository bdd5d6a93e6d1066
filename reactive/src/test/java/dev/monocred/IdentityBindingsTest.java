package dev.monocred;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** The proxy of AKS identity bindings over real TLS: platform.md 14, checklist 70 and 71. */
class IdentityBindingsTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String NAME = "0123abcd.ests.aks";

    @TempDir
    Path folder;

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final Map<String, String> variables = new HashMap<>();
    private ClusterProxy proxy = new ClusterProxy(entra, NAME);
    private int resources;

    @BeforeEach
    void aPodHasItsVariables() throws IOException {
        variables.put("AZURE_TENANT_ID", FakeEntra.TENANT_ID);
        variables.put("AZURE_CLIENT_ID", FakeEntra.CLIENT_ID);
        variables.put("AZURE_FEDERATED_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), entra.federatedAssertion()).toString());
        variables.put("AZURE_AUTHORITY_HOST", "https://login.invalid");
        variables.put("AZURE_KUBERNETES_TOKEN_PROXY", proxy.url());
        variables.put("AZURE_KUBERNETES_SNI_NAME", NAME);
        variables.put("AZURE_KUBERNETES_CA_DATA", proxy.authorityPem());
    }

    @AfterEach
    void stop() {
        proxy.close();
        entra.close();
    }

    private void presents(String... names) {
        proxy.close();
        proxy = new ClusterProxy(entra, names);
        variables.put("AZURE_KUBERNETES_TOKEN_PROXY", proxy.url());
        variables.put("AZURE_KUBERNETES_CA_DATA", proxy.authorityPem());
    }

    private Path caFile(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), content);
        variables.remove("AZURE_KUBERNETES_CA_DATA");
        variables.put("AZURE_KUBERNETES_CA_FILE", file.toString());
        return file;
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private WorkloadIdentityCredential.Builder builder() {
        return WorkloadIdentityCredential.builder().enableAzureProxy(true).environment(variables::get)
                .timeSource(time).scheduler(time.scheduler());
    }

    private WorkloadIdentityCredential credential() {
        return builder().build();
    }

    private String get() {
        WorkloadIdentityCredential credential = credential();
        try {
            return next(credential);
        } finally {
            credential.close().block();
        }
    }

    /** Each time for another resource, so that no token is held. */
    private String next(WorkloadIdentityCredential credential) {
        return credential.getToken("https://resource-" + ++resources + ".example/.default").blockOptional().orElseThrow().token();
    }

    private ClientAuthenticationException failure(WorkloadIdentityCredential credential) {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class, () -> next(credential)),
                "it did not fail");
    }

    private ClientAuthenticationException failure() {
        WorkloadIdentityCredential credential = credential();
        try {
            return failure(credential);
        } finally {
            credential.close().block();
        }
    }

    /** Checklist 70: method, headers and body are as without the proxy, and nobody else is asked anything. */
    @Test
    void theTokenRequestGoesToTheProxyAsItIs() {
        assertThat(get()).isNotBlank();
        RecordedRequest request = proxy.requests().get(0);
        assertThat(proxy.requests()).hasSize(1);
        assertThat(request.getMethod() + " " + request.getTarget()).isEqualTo(
                "POST /ests/v1/22222222-2222-2222-2222-222222222222/oauth2/v2.0/token");
        assertThat(request.getHeaders().get("Host")).isEqualTo(proxy.url().replaceAll("https://|/ests/v1", ""));
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(String.valueOf(request.getBody() == null ? "" : request.getBody().utf8())).isEqualTo(
                "client_id=33333333-3333-3333-3333-333333333333&client_assertion="
                + entra.requests().get(0).field("client_assertion")
                + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                + "&grant_type=client_credentials&scope=https%3A%2F%2Fresource-1.example%2F.default");
    }

    /** Checklist 71. */
    @Test
    void theNameIsSentInTheHandshake() {
        get();
        assertThat(proxy.requests().get(0).getHandshakeServerNames()).containsExactly(NAME);
    }

    /** Checklist 71: not even a certificate for the address itself will do. */
    @Test
    void aCertificateInAnotherNameIsRefusedBeforeAnythingIsSent() {
        presents("127.0.0.1", "localhost", "other.ests.aks");
        assertThat(failure()).isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("WorkloadIdentityCredential: ")
                .hasMessageContaining("the certificate of 127.0.0.1").hasMessageContaining("is not trusted");
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void theNameIsComparedWithoutCase() {
        variables.put("AZURE_KUBERNETES_SNI_NAME", NAME.toUpperCase(Locale.ROOT));
        assertThat(get()).isNotBlank();
    }

    /** The name is exact: a pattern is not one of ours. */
    @Test
    void aPatternIsNotAName() {
        presents("*.ests.aks");
        assertThat(failure()).hasMessageContaining("is not trusted");
    }

    /** Checklist 71. */
    @Test
    void anotherAuthorityIsRefused() {
        try (ClusterProxy other = new ClusterProxy(entra, NAME)) {
            variables.put("AZURE_KUBERNETES_CA_DATA", other.authorityPem());
            assertThat(failure()).hasMessageContaining("is not trusted");
        }
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void withoutAuthoritiesTheSystemsDecide() {
        variables.remove("AZURE_KUBERNETES_CA_DATA");
        assertThat(failure()).hasMessageContaining("is not trusted");
    }

    @Test
    void withoutANameTheAddressesOwnCounts() {
        variables.remove("AZURE_KUBERNETES_SNI_NAME");
        assertThat(failure()).as("a certificate for " + NAME + " only").hasMessageContaining("is not trusted");
        presents("127.0.0.1");
        assertThat(get()).isNotBlank();
    }

    /** Checklist 71: several certificates, ours not the first. */
    @Test
    void theDataMayHoldSeveralAuthorities() {
        try (ClusterProxy other = new ClusterProxy(entra, NAME)) {
            variables.put("AZURE_KUBERNETES_CA_DATA", other.authorityPem() + proxy.authorityPem());
            assertThat(get()).isNotBlank();
        }
    }

    /** Checklist 71. */
    @Test
    void theFileIsReadForEachRequest() throws IOException {
        try (ClusterProxy other = new ClusterProxy(entra, NAME)) {
            Path file = caFile(other.authorityPem());
            WorkloadIdentityCredential credential = credential();
            assertThat(failure(credential)).hasMessageContaining("is not trusted");
            Files.writeString(file, proxy.authorityPem());
            assertThat(next(credential)).isNotBlank();
            Files.writeString(file, other.authorityPem());
            assertThat(failure(credential)).as("a new trust needs a new connection").hasMessageContaining("is not trusted");
            credential.close().block();
        }
    }

    /** An unchanged file keeps the connection, as anywhere else. */
    @Test
    void anUnchangedFileKeepsTheConnection() throws IOException {
        caFile(proxy.authorityPem());
        WorkloadIdentityCredential credential = credential();
        for (int request = 0; request < 10; request++) {
            next(credential);
        }
        credential.close().block();
        // A request that is faster than the connection's way back into the pool takes another one: not all of them can be.
        assertThat(proxy.requests()).hasSize(10).extracting(RecordedRequest::getConnectionIndex).doesNotContain(9);
    }

    /** Checklist 71: emptied while it is replaced. */
    @Test
    void aFileThatIsEmptyNowKeepsWhatItHeld() throws IOException {
        Path file = caFile(proxy.authorityPem());
        WorkloadIdentityCredential credential = credential();
        next(credential);
        Files.writeString(file, "");
        assertThat(next(credential)).isNotBlank();
        credential.close().block();
    }

    /** Checklist 71. */
    @Test
    void aFileThatIsEmptyFromTheStartIsUnavailable() throws IOException {
        assertUnusable(caFile(""), "is empty");
    }

    @Test
    void aMissingFileIsUnavailable() throws IOException {
        Path file = caFile("");
        Files.delete(file);
        assertUnusable(file, "does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void aFileWithoutCertificatesIsUnavailable(String content) throws IOException {
        assertUnusable(caFile(content), "holds no certificates in PEM form");
    }

    /** Also after it was good once: somebody meant to change the trust. */
    @Test
    void aFileThatBecomesNonsenseIsUnavailable() throws IOException {
        Path file = caFile(proxy.authorityPem());
        WorkloadIdentityCredential credential = credential();
        next(credential);
        Files.writeString(file, "nonsense");
        assertThat(failure(credential)).isInstanceOf(CredentialUnavailableException.class);
        credential.close().block();
    }

    private void assertUnusable(Path file, String clause) {
        assertThat(failure()).isInstanceOf(CredentialUnavailableException.class).hasMessageContaining(
                "the file " + file + " of AZURE_KUBERNETES_CA_FILE " + clause);
        assertThat(proxy.requests()).isEmpty();
    }

    /** 14: the application's own client keeps its pool, and the cluster's trust replaces its TLS. */
    @Test
    void aGivenClientIsUsedWithTheTrustOfTheClusterAndForNothingElse() {
        variables.put("AZURE_AUTHORITY_HOST", entra.authorityHost());
        WorkloadIdentityCredential credential = builder().httpClient(entra.httpClient()).build();
        assertThat(next(credential)).isNotBlank();
        credential.close().block();
        assertThat(proxy.requests()).singleElement().satisfies(request ->
                assertThat(request.getHandshakeServerNames()).containsExactly(NAME));
        assertThat(entra.discoveryRequests()).as("instance discovery is skipped").isZero();
    }

    /** 14: a name that is none of a host goes out as it is, where Java itself would refuse it. */
    @Test
    void aNameThatIsNoHostsIsSentAsItIs() throws IOException {
        String name = "under_score-.ests.aks";
        variables.put("AZURE_KUBERNETES_SNI_NAME", name);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            variables.put("AZURE_KUBERNETES_TOKEN_PROXY", "https://127.0.0.1:" + server.getLocalPort());
            WorkloadIdentityCredential credential = credential();
            CompletableFuture<?> token = credential.getToken(SCOPE).subscribeOn(Schedulers.parallel()).toFuture();
            try (Socket client = server.accept()) {
                assertThat(new String(client.getInputStream().readNBytes(200), ISO_8859_1)).contains(name);
            }
            credential.close().block();
            assertThat(List.of(token.handle((none, error) -> "ended").join())).containsExactly("ended");
        }
    }
}
