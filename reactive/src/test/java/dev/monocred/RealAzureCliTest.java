package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Command;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.process.Processes;
import dev.monocred.internal.process.Program;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The real Azure CLI, signed in to a fake Entra. What it prints depends on its version: the one of Debian 12 (2.45) gives the
 * end of a token as local time only and knows no {@code --claims-challenge}; newer outputs are scripted in
 * {@code ToolTokenSourceTest}.
 */
@Tag("real")
class RealAzureCliTest {

    private static final Program AZ = new Program("az", List.of("az"), List.of(), List.of(), List.of());
    private static final Executables HERE = Executables.ofThisMachine(System::getenv);
    /** Python's start alone can take seconds on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String OTHER_TENANT = "44444444-4444-4444-4444-444444444444";
    private static final String OTHER_CLIENT = "55555555-5555-5555-5555-555555555555";
    private static final String OTHER_SECRET = "another-invented-secret";
    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");

    private final Scheduler workers = Processes.workers(1, 10);
    private final ManualTime time = ManualTime.startingAt(Instant.now());
    private final FakeEntra entra = FakeEntra.start();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private CloudOnLoopback cloud;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AzureCliCredential credential;

    @BeforeEach
    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the builder's function may give null
    void start() throws IOException {
        assumeTrue(HERE.find(AZ) != null, "the Azure CLI is not installed here: on Debian,"
                + " apt-get install --no-install-recommends azure-cli");
        Files.writeString(Files.createDirectories(folder.resolve("config")).resolve("config"), "[core]\ncollect_telemetry = no\n");
        cloud = new CloudOnLoopback(entra, folder);
        credential = AzureCliCredential.builder().environment(this::variable).timeSource(time).scheduler(time.scheduler())
                .processTimeout(PATIENCE).build();
    }

    @AfterEach
    void end() {
        if (cloud != null) {
            credential.close().block(PATIENCE);
            cloud.close();
        }
        entra.close();
        workers.dispose();
    }

    private @Nullable String variable(String name) {
        return switch (name) {
            case "AZURE_CONFIG_DIR" -> folder.resolve("config").toString();
            case "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy" -> cloud.proxyUrl();
            case "NO_PROXY", "no_proxy" -> null;
            case "REQUESTS_CA_BUNDLE" -> cloud.certificate().toString();
            default -> System.getenv(name);
        };
    }

    private void signIn(String client, String secret) {
        ProcessResult result = az("login", "--service-principal", "--username", client, "--password", secret,
                "--tenant", FakeEntra.TENANT_ID, "--allow-no-subscriptions");
        assertThat(result.exitCode()).as(result.errorText()).isZero();
    }

    private ProcessResult az(String... arguments) {
        Map<String, String> variables = Map.of("AZURE_CONFIG_DIR", folder.resolve("config").toString(),
                "HTTPS_PROXY", cloud.proxyUrl(), "REQUESTS_CA_BUNDLE", cloud.certificate().toString(), "NO_PROXY", "");
        ProcessResult result = new ProcessRunner(() -> workers, Schedulers.parallel(), HERE)
                .run(new Command(AZ, List.of(arguments), variables, PATIENCE)).block(PATIENCE);
        assertThat(result).isNotNull();
        return result;
    }

    private AccessToken token(TokenRequestContext request) {
        AccessToken token = credential.getToken(request).block(PATIENCE);
        assertThat(token).isNotNull();
        return token;
    }

    private Throwable failure(TokenRequestContext request) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Mono<AccessToken> failing = credential.getToken(request);
        failing.doOnError(failure::set).onErrorComplete().block(PATIENCE);
        assertThat(failure.get()).isNotNull();
        return failure.get();
    }

    private List<String> tenantsAsked() {
        return new ArrayList<>(entra.requests().stream().map(RecordedTokenRequest::tenant).distinct().toList());
    }

    @Test
    void nobodyIsSignedIn() {
        assertThat(failure(REQUEST)).isInstanceOf(CredentialUnavailableException.class)
                .hasMessage("AzureCliCredential is unavailable: nobody is signed in to the Azure CLI. Run 'az login'.");
    }

    @Test
    void aSignedInServicePrincipalGetsTokensOfItsTenantAndOfOthers() {
        entra.registers(OTHER_TENANT, FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);
        signIn(FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);

        AccessToken token = token(REQUEST);
        assertThat(Duration.between(Instant.now(), token.expiresAt())).as("a local time, read in this zone")
                .isBetween(Duration.ofMinutes(50), Duration.ofMinutes(61));
        int asked = entra.tokenRequests();
        assertThat(token(REQUEST).token()).isEqualTo(token.token());
        assertThat(entra.tokenRequests()).isEqualTo(asked);

        AccessToken foreign = token(REQUEST.withTenantId(OTHER_TENANT));
        assertThat(foreign.token()).as("though the CLI warns").isNotEqualTo(token.token());
        assertThat(tenantsAsked()).contains(FakeEntra.TENANT_ID, OTHER_TENANT);
    }

    @Test
    void aSecretThatIsWrongByNowIsSaidInEntrasWords() {
        signIn(FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);
        entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, "changed meanwhile");

        assertThat(failure(REQUEST)).isInstanceOf(ClientAuthenticationException.class)
                .isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("AzureCliCredential: the Azure CLI was refused a token: AADSTS7000215: ")
                .hasMessageNotContaining(FakeEntra.CLIENT_SECRET).hasMessageNotContaining("Traceback")
                .extracting(failure -> ((ClientAuthenticationException) failure).entraError()).isNotNull()
                .extracting(error -> error.errorCodes()).isEqualTo(List.of(7000215L));
    }

    @Test
    void switchingTheAccountSwitchesTheToken() {
        entra.registers(FakeEntra.TENANT_ID, OTHER_CLIENT, OTHER_SECRET);
        signIn(FakeEntra.CLIENT_ID, FakeEntra.CLIENT_SECRET);
        AccessToken first = token(REQUEST);
        time.advance(Duration.ofSeconds(2));
        assertThat(token(REQUEST).token()).as("the CLI's own run changed no account file").isEqualTo(first.token());

        signIn(OTHER_CLIENT, OTHER_SECRET);
        time.advance(Duration.ofSeconds(1));

        assertThat(token(REQUEST).token()).isNotEqualTo(first.token());
        assertThat(entra.requests().get(entra.tokenRequests() - 1).form()).containsEntry("client_id", OTHER_CLIENT);
    }
}
