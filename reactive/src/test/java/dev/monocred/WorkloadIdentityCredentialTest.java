package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** platform.md 13 and its checklist, 63 to 68; the proxy of identity bindings has a test of its own. */
class WorkloadIdentityCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_SCOPE = "https://storage.azure.com/.default";

    @TempDir
    Path folder;

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final Map<String, String> variables = new HashMap<>();
    private Path file = Path.of("");

    @BeforeEach
    void aPodHasItsVariables() {
        file = folder.resolve("azure-identity-token");
        variables.put("AZURE_TENANT_ID", FakeEntra.TENANT_ID);
        variables.put("AZURE_CLIENT_ID", FakeEntra.CLIENT_ID);
        variables.put("AZURE_FEDERATED_TOKEN_FILE", file.toString());
        variables.put("AZURE_AUTHORITY_HOST", entra.authorityHost() + "/");
    }

    @AfterEach
    void stop() {
        entra.close();
    }

    /** Everything from the variables, as in a pod. */
    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private WorkloadIdentityCredential.Builder pod() {
        return WorkloadIdentityCredential.builder().httpClient(entra.httpClient()).environment(variables::get)
                .timeSource(time).scheduler(time.scheduler());
    }

    private String projects() {
        String token = entra.federatedAssertion();
        writes(token);
        return token;
    }

    private void writes(String content) {
        writes(file, content.getBytes(UTF_8));
    }

    private static void writes(Path to, byte[] content) {
        try {
            Files.write(to, content);
        } catch (IOException failed) {
            throw new AssertionError(to.toString(), failed);
        }
    }

    private AccessToken get(String... scopes) {
        return get(pod().build(), scopes);
    }

    private static AccessToken get(WorkloadIdentityCredential credential, String... scopes) {
        try {
            return credential.getToken(scopes).blockOptional().orElseThrow();
        } finally {
            credential.close().block();
        }
    }

    private ClientAuthenticationException failure() {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class, () -> get(SCOPE)), "it did not fail");
    }

    private List<String> assertions() {
        return entra.requests().stream().map(request -> String.valueOf(request.field("client_assertion"))).toList();
    }

    /** The request line, the headers that are the same on every machine, an empty line, the fields in their order. */
    private static String transcript(RecordedTokenRequest request) {
        return request.method() + " " + request.path() + "\n"
                + request.headers().entrySet().stream()
                        .filter(each -> List.of("accept", "content-type", "return-client-request-id").contains(each.getKey()))
                        .map(each -> each.getKey() + ": " + String.join(",", each.getValue()) + "\n").collect(Collectors.joining())
                + "\n" + request.form().entrySet().stream().map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining("\n"));
    }

    @Nested
    class OnTheWire {

        /** Checklist 63. */
        @Test
        void isExactlyTheExchangeOfAFederatedToken() {
            String token = projects();
            get(SCOPE);
            assertThat(entra.requests()).singleElement().extracting(WorkloadIdentityCredentialTest::transcript).isEqualTo("""
                    POST /22222222-2222-2222-2222-222222222222/oauth2/v2.0/token
                    accept: application/json
                    content-type: application/x-www-form-urlencoded
                    return-client-request-id: true

                    client_id=33333333-3333-3333-3333-333333333333
                    client_assertion=%s
                    client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer
                    grant_type=client_credentials
                    scope=https://vault.azure.net/.default""".formatted(token));
        }

        /** Checklist 63. */
        @Test
        void theTokenIsTrimmed() {
            String token = entra.federatedAssertion();
            writes("\n  " + token + " \r\n");
            get(SCOPE);
            assertThat(assertions()).containsExactly(token);
        }

        /** Checklist 63. */
        @ParameterizedTest
        @ValueSource(strings = {"", "/"})
        void theAuthorityHostMayEndInASlash(String end) {
            projects();
            variables.put("AZURE_AUTHORITY_HOST", entra.authorityHost() + end);
            get(SCOPE);
            assertThat(entra.requests().get(0).path()).isEqualTo("/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/token");
        }

        /** 13.1. */
        @Test
        void whatIsSetWinsOverVariables() {
            projects();
            variables.putAll(Map.of("AZURE_TENANT_ID", "44444444-4444-4444-4444-444444444444", "AZURE_CLIENT_ID", "other",
                    "AZURE_FEDERATED_TOKEN_FILE", "/nowhere/at/all", "AZURE_AUTHORITY_HOST", "https://login.invalid"));
            get(pod().tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).tokenFilePath(file)
                    .authorityHost(entra.authorityHost()).build(), SCOPE);
            assertThat(entra.requests()).singleElement().satisfies(request -> {
                assertThat(request.tenant()).isEqualTo(FakeEntra.TENANT_ID);
                assertThat(request.field("client_id")).isEqualTo(FakeEntra.CLIENT_ID);
            });
        }

        /** 13.3: claims, CAE and other tenants as for any application. */
        @Test
        void claimsCaeAndTenantTravelAsWithASecret() {
            projects();
            String tenant = "44444444-4444-4444-4444-444444444444";
            entra.registers(tenant, FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);
            WorkloadIdentityCredential credential = pod().additionallyAllowedTenants(tenant).build();
            credential.getToken(TokenRequestContext.of(SCOPE).withTenantId(tenant).withCaeEnabled(true)).block();
            credential.close().block();
            assertThat(entra.requests().get(0).tenant()).isEqualTo(tenant);
            assertThat(entra.requests().get(0).field("claims"))
                    .isEqualTo("{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}");
        }
    }

    @Nested
    class TheFileIsReplaced {

        /** Checklist 64. */
        @Test
        void theNextExchangeUsesTheNewContent() {
            WorkloadIdentityCredential credential = pod().build();
            String first = projects();
            credential.getToken(SCOPE).block();
            String second = projects();
            credential.getToken(SCOPE).block();
            credential.getToken(OTHER_SCOPE).block();
            credential.close().block();
            assertThat(assertions()).as("the hit in between reads nothing").containsExactly(first, second);
        }

        /** Nobody need tell the credential: an hour later the old token is worth nothing. */
        @Test
        void whatTheFileHeldAnHourAgoIsNotSent() {
            WorkloadIdentityCredential credential = pod().build();
            projects();
            AccessToken first = credential.getToken(SCOPE).blockOptional().orElseThrow();
            time.advance(Duration.between(time.now(), first.expiresAt()).plusSeconds(1));
            projects();
            assertThat(get(credential, SCOPE).token()).isNotEqualTo(first.token());
        }

        /** As a kubelet does it: the file is a link into a directory that is a link, and that one is moved. */
        @Test
        void byMovingALink() throws IOException {
            String first = entra.federatedAssertion();
            String second = entra.federatedAssertion();
            Path old = Files.createDirectory(folder.resolve("..2030_01_01"));
            Path next = Files.createDirectory(folder.resolve("..2030_01_02"));
            writes(old.resolve("azure-identity-token"), first.getBytes(UTF_8));
            writes(next.resolve("azure-identity-token"), second.getBytes(UTF_8));
            Files.createSymbolicLink(folder.resolve("..data"), old.getFileName());
            Files.createSymbolicLink(file, Path.of("..data", "azure-identity-token"));
            WorkloadIdentityCredential credential = pod().build();
            credential.getToken(SCOPE).block();
            Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), next.getFileName());
            Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            credential.getToken(OTHER_SCOPE).block();
            credential.close().block();
            assertThat(assertions()).containsExactly(first, second);
        }

        /** Checklist 64: at once, within the same acquisition. */
        @ParameterizedTest
        @CsvSource({"invalid_client, 700024", "invalid_request, 50027"})
        void whatChangedIsTriedOnceMoreWhenEntraFindsTheOldTokenOutOfDate(String error, long code) {
            String first = projects();
            entra.holds().next(refuses(error, code, "Client assertion is not within its valid time range."));
            WorkloadIdentityCredential credential = pod().build();
            CompletableFuture<AccessToken> token = credential.getToken(SCOPE).toFuture();
            entra.awaitTokenRequests(1);
            String second = projects();
            entra.releases();
            assertThat(token.join().token()).isNotBlank();
            credential.close().block();
            assertThat(assertions()).containsExactly(first, second);
        }

        @Test
        void onlyOnce() {
            projects();
            entra.holds().always(refuses("invalid_client", 700024, "Client assertion is not within its valid time range."));
            WorkloadIdentityCredential credential = pod().build();
            CompletableFuture<AccessToken> token = credential.getToken(SCOPE).toFuture();
            entra.awaitTokenRequests(1);
            projects();
            entra.releases();
            assertThat(token.handle((none, error) -> error).join()).isInstanceOf(ClientAuthenticationException.class);
            credential.close().block();
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }

        @Test
        void whatDidNotChangeIsNotTriedAgain() {
            projects();
            entra.next(refuses("invalid_client", 700024, "Client assertion is not within its valid time range."));
            assertThat(failure()).hasMessageContaining("AADSTS700024");
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        /** A refusal that is not about the token's own state is no reason to read again. */
        @Test
        void anotherRefusalIsFinalWhateverTheFileHoldsByThen() {
            projects();
            entra.holds().next(refuses("invalid_client", 700213, "No matching federated identity record found."));
            WorkloadIdentityCredential credential = pod().build();
            CompletableFuture<AccessToken> token = credential.getToken(SCOPE).toFuture();
            entra.awaitTokenRequests(1);
            projects();
            entra.releases();
            assertThat(token.handle((none, error) -> error).join()).hasMessageContaining("AADSTS700213");
            credential.close().block();
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }
    }

    @Nested
    class BadInput {

        /** Checklist 65. */
        @Test
        void allThatIsMissingIsNamedAtOnceWithItsVariable() {
            variables.clear();
            variables.put("AZURE_CLIENT_ID", " ");
            assertThatIllegalArgumentException().isThrownBy(() -> pod().build()).withMessage("WorkloadIdentityCredential needs"
                    + " tenantId (AZURE_TENANT_ID), clientId (AZURE_CLIENT_ID), tokenFilePath (AZURE_FEDERATED_TOKEN_FILE),"
                    + " which are missing or blank");
        }

        @Test
        void aTenantInTheVariableIsCheckedAsOneThatIsSet() {
            variables.put("AZURE_TENANT_ID", "a/b");
            assertThatIllegalArgumentException().isThrownBy(() -> pod().build()).withMessageContaining("a/b");
        }

        /** Checklist 66. */
        @ParameterizedTest
        @ValueSource(strings = {"", "\n", " \t "})
        void anEmptyFileIsUnavailableAndNamed(String content) {
            writes(content);
            assertUnavailable("is empty");
        }

        /** Checklist 66. */
        @Test
        void aMissingFileIsUnavailableAndNamed() {
            assertUnavailable("does not exist");
        }

        @Test
        void aDirectoryIsUnavailableAndNamed() throws IOException {
            Files.createDirectory(file);
            assertUnavailable("is a directory");
        }

        /** 10 MB are neither sent nor held. */
        @Test
        void aFileOf10MbIsUnavailableAndNamed() {
            byte[] large = new byte[10_000_000];
            Arrays.fill(large, (byte) 'a');
            writes(file, large);
            assertUnavailable("is larger than 64 KiB");
        }

        @ParameterizedTest
        @ValueSource(strings = {"two tokens", "line\nline", "caf\u00e9", "nul\u0000"})
        void aFileWithoutATokenIsUnavailableAndItsContentIsNotShown(String content) {
            writes(content);
            assertUnavailable("holds something that is no token");
            assertThat(failure()).hasMessageNotContaining(content);
        }

        @Test
        void anUnreadableFileIsUnavailableAndNamed() throws IOException {
            projects();
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
            assumeFalse(Files.isReadable(file), "this user may read every file");
            assertUnavailable("may not be read by this process");
        }

        private void assertUnavailable(String clause) {
            assertThat(failure()).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageStartingWith("WorkloadIdentityCredential is unavailable: the federated token file " + file + " " + clause)
                    .hasMessageContaining("azure.workload.identity/use");
            assertThat(entra.tokenRequests()).isZero();
        }

        /** A pod may be faster than its volume: the next request looks again. */
        @Test
        void whatComesLateIsFoundByTheNextRequest() {
            WorkloadIdentityCredential credential = pod().build();
            assertThat(catchThrowableOfType(CredentialUnavailableException.class, () -> credential.getToken(SCOPE).block())).isNotNull();
            projects();
            time.advance(Duration.ofSeconds(5));
            assertThat(get(credential, SCOPE).token()).isNotBlank();
        }

        /** Checklist 67. */
        @ParameterizedTest
        @ValueSource(longs = {70021, 700211, 700212, 700213, 700016, 900023})
        void aRefusalOfEntraHasItsCodeAndIdAndIsNotRetried(long code) {
            projects();
            entra.next(refuses("invalid_request", code, "Invented refusal."));
            ClientAuthenticationException failure = failure();
            EntraError error = Objects.requireNonNull(failure.entraError());
            assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("AADSTS" + code).hasMessageEndingWith("Correlation id: " + error.correlationId() + ".");
            assertThat(error.errorCodes()).containsExactly(code);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void neitherTheTokenNorItsFileIsInAMessageOfEntra() {
            writes("invented.untrusted.token");
            assertThat(failure()).hasMessageContaining("invalid_client").hasMessageNotContaining("invented.untrusted.token");
        }
    }

    /** Checklist 68. */
    @Test
    void theProxyOfTheClusterIsUsedOnlyWhereItIsAskedFor() {
        projects();
        variables.put("AZURE_KUBERNETES_TOKEN_PROXY", "not even an address");
        variables.put("AZURE_KUBERNETES_CA_FILE", "/nowhere");
        variables.put("AZURE_KUBERNETES_CA_DATA", "nonsense");
        get(SCOPE);
        assertThat(entra.tokenRequests()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> pod().enableAzureProxy(true).build());
    }
}
