package dev.monocred.internal.tool;

import static dev.monocred.testing.ToolScript.azureCliToken;
import static dev.monocred.testing.ToolScript.azureDeveloperCliToken;
import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.process.Processes;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedToolRun;
import dev.monocred.testing.ToolScript;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The tools behind the waist, each a real executable that is scripted. */
class ToolTokenSourceTest {

    private static final Instant NOW = Instant.parse("2030-01-15T12:00:00Z");
    private static final Instant END = NOW.plusSeconds(3600);
    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final String CANARY = "canary-0123456789";
    private static final String JWT = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOiIwMTIzNDU2Nzg5In0.Y2FuYXJ5";

    private final ManualTime time = ManualTime.startingAt(NOW);
    private final Scheduler workers = Processes.workers(4, 1_000);

    @AfterEach
    void end() {
        workers.dispose();
    }

    private ToolTokenSource source(FakeTool fake, DeveloperTool tool) {
        ProcessRunner runner = new ProcessRunner(() -> workers, time.scheduler(),
                Executables.ofThisMachine(name -> name.equals("HOME") ? null : fake.environment().apply(name)));
        return new ToolTokenSource(tool, runner, fake.environment(), time, ToolTokenSource.DEFAULT_TIMEOUT);
    }

    private AccessToken token(FakeTool fake, DeveloperTool tool, TokenRequestContext request) {
        AccessToken token = source(fake, tool).acquire(tool.admit(request)).block(Processes.LIMIT);
        assertThat(token).isNotNull();
        return token;
    }

    private ClientAuthenticationException failure(FakeTool fake, DeveloperTool tool, TokenRequestContext request) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Mono.defer(() -> source(fake, tool).acquire(tool.admit(request))).doOnError(failure::set).onErrorComplete()
                .block(Processes.LIMIT);
        assertThat(failure.get()).isInstanceOf(ClientAuthenticationException.class);
        ClientAuthenticationException known = (ClientAuthenticationException) failure.get();
        assertThat(known.getMessage()).startsWith(tool.credential()).doesNotContain(CANARY, JWT, "\n").endsWith(".");
        return known;
    }

    private static AzureCli az(@Nullable String tenant, @Nullable String subscription, ZoneId zone) {
        return new AzureCli(tenant, subscription, () -> zone);
    }

    @Nested
    class WithAzureCli {

        private final FakeTool fake = FakeTool.named("az");
        private final AzureCli tool = az(null, null, ZoneOffset.UTC);

        @AfterEach
        void end() {
            fake.close();
        }

        private AccessToken token(String json) {
            fake.does(nothing().prints(json));
            return ToolTokenSourceTest.this.token(fake, tool, REQUEST);
        }

        private ClientAuthenticationException failure(ToolScript script) {
            fake.does(script);
            return ToolTokenSourceTest.this.failure(fake, tool, REQUEST);
        }

        private List<String> arguments(AzureCli tool, TokenRequestContext request) {
            fake.does(azureCliToken("t", END));
            ToolTokenSourceTest.this.token(fake, tool, request);
            return fake.runs().get(fake.runCount() - 1).arguments();
        }

        @Test
        void theCommandLineIsExact() {
            List<String> plain = List.of("account", "get-access-token", "--output", "json", "--resource", "https://vault.azure.net");
            assertThat(arguments(tool, REQUEST)).isEqualTo(plain);
            assertThat(arguments(az("contoso", null, ZoneOffset.UTC), REQUEST)).startsWith(plain.toArray(String[]::new))
                    .endsWith("--tenant", "contoso").hasSize(8);
            assertThat(arguments(az("contoso", null, ZoneOffset.UTC), REQUEST.withTenantId("fabrikam.example")))
                    .endsWith("--tenant", "fabrikam.example").hasSize(8);
            assertThat(arguments(az(null, "My subscription", ZoneOffset.UTC), REQUEST))
                    .endsWith("--subscription", "My subscription").hasSize(8);
            assertThat(arguments(az("organizations", null, ZoneOffset.UTC), REQUEST)).isEqualTo(plain);
        }

        @Test
        void aTenantAndASubscriptionAreNotTakenTogether() {
            assertThatIllegalArgumentException().isThrownBy(() -> az("contoso", "sub", ZoneOffset.UTC));
            assertThat(ToolTokenSourceTest.this.failure(fake, az(null, "sub", ZoneOffset.UTC), REQUEST.withTenantId("contoso")))
                    .isNotInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("contoso", "sub");
            assertThat(fake.runCount()).isZero();
        }

        @Test
        void theEnvironmentIsInheritedWithoutColours() {
            arguments(tool, REQUEST);
            assertThat(fake.runs().get(0).environment()).containsEntry("AZURE_CORE_NO_COLOR", "true")
                    .containsEntry("PATH", fake.folder().toString()).doesNotContainKey("AZURE_CONFIG_DIR");
        }

        @ParameterizedTest
        @ValueSource(strings = {"1894712400", "\"1894712400\"", "1894712400.0", "1.8947124e9"})
        void theNumberWinsOverTheLocalTime(String expiresOn) {
            AccessToken token = token("{\"expiresOn\": \"2000-01-01 00:00:00.000000\", \"expires_on\": " + expiresOn
                    + ", \"tenant\": \"x\", \"accessToken\": \"" + CANARY + "\", \"tokenType\": \"Bearer\"}");
            assertThat(token.token()).isEqualTo(CANARY);
            assertThat(token.expiresAt()).isEqualTo(Instant.ofEpochSecond(1894712400));
        }

        @ParameterizedTest
        @CsvSource({"2030-01-15 13:00:00.000000, Z", "2030-01-15 18:30:00.123456, +05:30", "2030-01-15T08:00:00, America/New_York",
            "2030-01-15T13:00:00Z, America/New_York", "2030-01-15T14:00:00+01:00, Z"})
        void anOlderCliGivesTheLocalTime(String expiresOn, String zone) {
            fake.does(nothing().prints("{\"accessToken\": \"t\", \"expiresOn\": \"" + expiresOn + "\"}"));
            assertThat(ToolTokenSourceTest.this.token(fake, az(null, null, ZoneId.of(zone)), REQUEST).expiresAt()
                    .truncatedTo(ChronoUnit.SECONDS)).isEqualTo(END);
        }

        @Test
        void noiseAroundTheAnswerDoesNotMatter() {
            String json = "{\"accessToken\": \"t\", \"expires_on\": " + END.getEpochSecond() + "}";
            for (String output : List.of("\r\n\r\n" + json + "\r\n", "\uFEFF" + json, "\u001B[0m" + json + "\u001B[0m",
                    "You have 2 updates {az upgrade}\n" + json)) {
                assertThat(token(output).token()).as(output).isEqualTo("t");
            }
            fake.does(nothing().prints(json, StandardCharsets.UTF_16LE));
            assertThat(ToolTokenSourceTest.this.token(fake, tool, REQUEST).token()).isEqualTo("t");
        }

        @Test
        void warningsDoNotMatter() {
            fake.does(azureCliToken("t", END).complains("WARNING: Could not retrieve credential from local cache\nDEBUG: x\n"));
            assertThat(ToolTokenSourceTest.this.token(fake, tool, REQUEST).token()).isEqualTo("t");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{}", "[]", "{\"accessToken\": 5, \"expires_on\": 1894712400}", "{\"accessToken\": \"\", \"expires_on\": 1894712400}",
            "{\"accessToken\": \"canary-0123456789\"}", "{\"accessToken\": \"canary-0123456789\", \"expires_on\": true}",
            "{\"accessToken\": \"canary-0123456789\", \"expires_on\": \"soon\"}", "{\"accessToken\": \"canary-0123456789\", \"expiresOn\": \"soon\"}",
            "{\"accessToken\": \"canary-0123456789\", \"expires_on\": 1000000000}",
            "{\"accessToken\": \"canary-0123456789\nx\", \"expires_on\": 1894712400}",
            "{\"accessToken\": \"canary-0123456789", "ERROR: something",
            "{\"accessToken\": \"canary-0123456789\", \"expires_on\": 1894712400}\n{\"accessToken\": \"canary-0123456789\", \"expires_on\": 1894712400}"})
        void whatIsNoTokenIsNotQuoted(String output) {
            ClientAuthenticationException failure = failure(nothing().prints(output));
            assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("what it printed is not a token");
            assertThat(failure.isTransient()).isTrue();
        }

        @Test
        void twoMebibytesAreNoAnswer() {
            assertThat(failure(nothing().floods(2L << 20))).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("more than 1 MiB");
        }

        @ParameterizedTest
        @ValueSource(strings = {"ERROR: Please run 'az login' to setup account.\n", "ERROR: Please run \"az account set -s X\"\n",
            "ERROR: Can't find token from MSAL cache.\nTo re-authenticate, please run:\naz login\n", "Please explicitly log in with:\naz login",
            "CLIInternalError: The command failed"})
        void nobodySignedInIsUnavailable(String errors) {
            assertThat(failure(nothing().complains(errors).exits(1))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContainingAll("nobody is signed in to the Azure CLI", "Run 'az login'.");
        }

        @Test
        void theSignInNamesTheTenant() {
            fake.does(nothing().complains("Please run 'az login' to setup account.").exits(1));
            assertThat(ToolTokenSourceTest.this.failure(fake, tool, REQUEST.withTenantId("contoso")))
                    .hasMessageContaining("az login --tenant contoso");
        }

        @Test
        void aRefusalByEntraIsSaidAndCountsMoreThanTheAdviceToSignIn() {
            ClientAuthenticationException failure = failure(nothing().complains("ERROR: AADSTS7000222: The provided client secret "
                    + "keys are expired.\r\nTrace ID: 01234567-89ab-cdef-0123-456789abcdef\r\nCorrelation ID: "
                    + "fedcba98-7654-3210-fedc-ba9876543210\r\nTo re-authenticate, please run:\naz login\n").exits(1));
            assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("was refused a token: AADSTS7000222: The provided client secret keys are expired. Trace ID");
            assertThat(failure.isTransient()).isFalse();
            assertThat(failure.entraError()).isNotNull().satisfies(error -> {
                assertThat(error.errorCodes()).containsExactly(7000222L);
                assertThat(error.correlationId()).isEqualTo("fedcba98-7654-3210-fedc-ba9876543210");
            });
        }

        @Test
        void aTracebackIsNotShownButItsNumberCounts() {
            String traceback = "Traceback (most recent call last):\n" + "  File \"x.py\", line 1\n".repeat(200);
            String start = "ERROR: The command failed with an unexpected error. Here is the traceback:\nERROR: ";
            ClientAuthenticationException down = failure(nothing().complains(start + "connection refused\n" + traceback).exits(1));
            assertThat(down).hasMessageContaining("failed with status 1: connection refused.").hasMessageNotContaining("Traceback")
                    .hasMessageNotContaining("unexpected error");
            assertThat(down.isTransient()).isTrue();

            ClientAuthenticationException unknown = failure(nothing().complains(
                    start + "Unable to get authority configuration\n" + traceback + "ValueError: AADSTS90002: no tenant\n").exits(1));
            assertThat(unknown.entraError()).isNotNull().extracting(error -> error.errorCodes()).isEqualTo(List.of(90002L));
            assertThat(unknown).hasMessageContaining("Unable to get authority configuration.");
        }

        @ParameterizedTest
        @CsvSource({"1, ERROR: Subscription 'x' not found. Check the spelling and casing and try again.",
            "2, ERROR: unrecognized arguments: --x", "1, ERROR: 503 Server Error: Service Unavailable for url: https://x",
            "1, 'ERROR: Please specify only one of subscription and tenant, not both'"})
        void otherFailuresAreSaidInItsOwnWords(int status, String errors) {
            assertThat(failure(nothing().complains("WARNING: old\n" + errors + "\n").exits(status)))
                    .isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContainingAll("failed with status " + status, errors.substring("ERROR: ".length()))
                    .hasMessageNotContaining("WARNING");
        }

        @Test
        void silenceAndDeathAreSaid() {
            assertThat(failure(nothing().exits(1))).hasMessageContaining("status 1 and did not say why");
            ClientAuthenticationException killed = failure(nothing().isKilled());
            assertThat(killed).isNotInstanceOf(CredentialUnavailableException.class).hasMessageContaining("was killed (status 137)");
            assertThat(killed.isTransient()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(ints = {126, 127})
        void aBrokenInstallationIsUnavailable(int status) {
            assertThat(failure(nothing().complains("az: 3: python3: not found\n").exits(status)))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("not completely installed", "python3");
        }

        @Test
        void anythingSecretThatIsComplainedAboutStaysSecret() {
            String errors = "{\"accessToken\":\"" + CANARY + "\", \"refreshToken\" : \"" + CANARY + "\"} " + JWT + "\nBearer " + JWT;
            ClientAuthenticationException failure = failure(nothing().prints("{\"accessToken\":\"" + CANARY + "\"").complains(errors).exits(1));
            assertThat(failure.getMessage()).contains("***");
            assertThat(failure.getCause()).isNull();
            assertThat(String.valueOf(failure.details())).doesNotContain(CANARY, JWT);
        }

        @Test
        void textThatIsNotUtf8DoesNotMatter() {
            assertThat(failure(nothing().complains("ERROR: ung\u00FCltig\n", Charset.forName("windows-1252")).exits(1)))
                    .hasMessageContaining("ung\uFFFDltig");
        }

        @Test
        void claimsStartNothingAndSayExactlyWhatToRun() {
            String claims = "{\"access_token\":{\"nbf\":{\"essential\":true, \"value\":\"1700000000\"}}}";
            String base64 = Base64.getEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
            assertThat(ToolTokenSourceTest.this.failure(fake, tool, REQUEST.withTenantId("contoso").withClaims(claims)))
                    .isNotInstanceOf(CredentialUnavailableException.class).hasMessageContaining("'az login --claims-challenge "
                            + base64 + " --tenant contoso --scope https://vault.azure.net/.default' (Azure CLI 2.76.0 or newer)");
            assertThat(fake.runCount()).isZero();
        }

        @Test
        void aMissingCliIsUnavailable() {
            DeveloperTool other = new AzureDeveloperCli(null);
            assertThat(ToolTokenSourceTest.this.failure(fake, other, REQUEST)).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContainingAll("the Azure Developer CLI", "not found on PATH", "Install the Azure Developer CLI");
            assertThat(fake.runCount()).isZero();
        }

        @Test
        void aCliThatCannotBeStartedNowIsUnavailableForNow() throws IOException {
            Files.writeString(fake.folder().resolve("az"), "#!/no/such/interpreter\n");
            ClientAuthenticationException failure = ToolTokenSourceTest.this.failure(fake, tool, REQUEST);
            assertThat(failure).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("the Azure CLI gave no token: the system could not start it. Try again later.");
            assertThat(failure.isTransient()).isTrue();
        }

        @Test
        void aCliThatHangsIsUnavailableAfterTenSeconds() {
            fake.does(azureCliToken(CANARY, END).hangs());
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            Disposable waiting = source(fake, tool).acquire(REQUEST).subscribe(token -> {}, failure::set);
            fake.awaitRuns(1);
            time.advance(Duration.ofMillis(9_999));
            assertThat(waiting.isDisposed()).isFalse();
            time.advance(Duration.ofMillis(1));
            Processes.await("the failure", () -> failure.get() != null);
            assertThat(failure.get()).isInstanceOfSatisfying(CredentialUnavailableException.class,
                    timeout -> assertThat(timeout.isTransient()).isTrue())
                    .hasMessageContainingAll("did not answer within 10 s", "processTimeout").hasMessageNotContaining(CANARY);
            Processes.await("its end", () -> Processes.running(fake.runs().get(0).processIds()).isEmpty());
        }
    }

    @Nested
    class WithAzureDeveloperCli {

        private final FakeTool fake = FakeTool.named("azd");
        private final AzureDeveloperCli tool = new AzureDeveloperCli(null);

        @AfterEach
        void end() {
            fake.close();
        }

        private ClientAuthenticationException failure(String errors, TokenRequestContext request) {
            fake.does(nothing().complains(errors).exits(1));
            return ToolTokenSourceTest.this.failure(fake, tool, request);
        }

        @Test
        void theCommandLineIsExact() {
            fake.does(azureDeveloperCliToken("t", END));
            String claims = "{\"a\":\"??>>\u00FC\"}";
            token(fake, new AzureDeveloperCli("contoso"), TokenRequestContext.of("https://a/.default", "https://b/x").withClaims(claims));
            RecordedToolRun run = fake.runs().get(0);
            assertThat(run.arguments()).containsExactly("auth", "token", "--output", "json", "--no-prompt", "--scope",
                    "https://a/.default", "--scope", "https://b/x", "--tenant-id", "contoso", "--claims",
                    Base64.getEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8)));
            assertThat(run.environment()).containsEntry("NO_COLOR", "1").containsEntry("AZD_SKIP_UPDATE_CHECK", "true");
        }

        @ParameterizedTest
        @ValueSource(strings = {"2030-01-15T13:00:00Z", "2030-01-15T15:00:00+02:00", "2030-01-15T13:00:00.987Z"})
        void readsTheEndWithAnyOffset(String expiresOn) {
            fake.does(nothing().prints("{\n \"token\": \"t\",\n \"expiresOn\": \"" + expiresOn + "\"\n}\n"));
            assertThat(token(fake, tool, REQUEST).expiresAt().truncatedTo(ChronoUnit.SECONDS)).isEqualTo(END);
        }

        @Test
        void aBareTokenIsNoAnswer() {
            fake.does(nothing().prints(JWT));
            assertThat(ToolTokenSourceTest.this.failure(fake, tool, REQUEST)).isNotInstanceOf(CredentialUnavailableException.class);
        }

        @ParameterizedTest
        @ValueSource(strings = {"ERROR: not logged in, run `azd auth login` to login\n",
            "{\"type\":\"consoleMessage\",\"timestamp\":\"x\",\"data\":{\"message\":\"\\nERROR: fetching token: not logged in, run `azd auth login` to login\\n\"}}\n",
            "{\"error\":\"fetching token: login expired\",\"suggestion\":\"run `azd auth login` to acquire a new token\"}\n"})
        void nobodySignedInIsUnavailable(String errors) {
            assertThat(failure(errors, REQUEST.withTenantId("contoso"))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("Run 'azd auth login --tenant-id contoso'.");
        }

        @Test
        void aSignInThatDoesNotDoIsAFailure() {
            assertThat(failure("{\"error\":\"reauthentication required\",\"message\":\"MFA is needed\",\"suggestion\":\"Run azd auth login.\","
                    + "\"links\":[{\"url\":\"x\",\"title\":\"y\"}]}\n", REQUEST)).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageEndingWith("reauthentication required MFA is needed Run azd auth login.");
            assertThat(failure("must use multi-factor authentication; run `azd auth login`\n", REQUEST))
                    .isNotInstanceOf(CredentialUnavailableException.class);
            assertThat(failure("{\"data\":{\"message\":\"ERROR: AADSTS50076: due to MFA, run `azd auth login`\"}}\n", REQUEST))
                    .isNotInstanceOf(CredentialUnavailableException.class).hasMessageContaining("AADSTS50076: due to MFA");
        }

        @Test
        void itsMessagesAreReadLineByLine() {
            assertThat(failure("plain text\n{\"data\":{\"message\":\"ERROR: one\"}}\n{\"broken\n{\"data\":{\"message\":\"two\"}}\n", REQUEST))
                    .hasMessageEndingWith("failed with status 1: plain text one {\"broken two.");
        }

        @Test
        void claimsAreHandedOnAndTheirFailureIsOne() {
            TokenRequestContext request = REQUEST.withClaims("{}");
            assertThat(failure("not logged in, run `azd auth login` to login\n", request))
                    .isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageEndingWith("The request carries a claims challenge: run 'azd auth login', then try again.");
            assertThat(failure("ERROR: unknown flag: --claims\n", request)).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("azd 1.18.1 or newer");
        }

        @Test
        void itsTokenIsNeverShown() {
            failure("{\"token\":\"" + CANARY + "\"} {\"data\":{\"message\":\"token: " + JWT + "\"}}\n", REQUEST);
        }
    }

    @Nested
    class WithPowerShell {

        private final FakeTool fake = FakeTool.named("pwsh");
        private final AzurePowerShell tool = new AzurePowerShell(null);

        @AfterEach
        void end() {
            fake.close();
        }

        private ClientAuthenticationException failure(ToolScript script) {
            fake.does(script);
            return ToolTokenSourceTest.this.failure(fake, tool, REQUEST);
        }

        @Test
        void aTokenArrivesAmongNoise() {
            fake.does(nothing().complains("WARNING: Upcoming breaking changes\n")
                    .prints("\u001B[33mWelcome\u001B[0m\nmonocred%" + CANARY + "%" + END.getEpochSecond() + "\n"));
            AccessToken token = token(fake, tool, REQUEST.withTenantId("contoso"));
            assertThat(token.token()).isEqualTo(CANARY);
            assertThat(token.expiresAt()).isEqualTo(END);
            assertThat(fake.runs().get(0).environment()).containsEntry("MONOCRED_RESOURCE", "https://vault.azure.net")
                    .containsEntry("MONOCRED_TENANT_ID", "contoso").containsEntry("POWERSHELL_UPDATECHECK", "Off");
            assertThat(fake.runs().get(0).arguments()).contains("-NoProfile", "-NonInteractive", "-EncodedCommand");
        }

        @Test
        void aMissingModuleIsUnavailable() {
            assertThat(failure(nothing().prints("monocred%no-module\n"))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("Install-Module Az.Accounts");
        }

        @ParameterizedTest
        @ValueSource(strings = {"Get-AzAccessToken: Run Connect-AzAccount to login.\n",
            "#< CLIXML\r\n<Objs><S S=\"Error\">Run Connect-AzAccount to login._x000D__x000A_</S></Objs>", "No accounts were found in the cache."})
        void nobodySignedInIsUnavailable(String errors) {
            assertThat(failure(nothing().complains(errors).exits(1))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("Run 'Connect-AzAccount'.");
        }

        @Test
        void aMissingShellIsUnavailableAndBothShellsAreNamed() {
            try (FakeTool other = FakeTool.named("zsh")) {
                assertThat(ToolTokenSourceTest.this.failure(other, tool, REQUEST)).isInstanceOf(CredentialUnavailableException.class)
                        .hasMessageContainingAll("pwsh", "powershell", "not found on PATH");
            }
        }

        @Test
        void aForbiddenScriptIsUnavailable() {
            assertThat(failure(nothing().complains("Import-Module : AuthorizationManager check failed.\n").exits(1)))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContaining("execution policy");
        }

        @Test
        void otherFailuresAreSaidWithoutMarkupAndWithoutTheMarkedLine() {
            assertThat(failure(nothing().complains("#< CLIXML\r\n<Objs><S S=\"Error\">AADSTS50076: MFA &amp; more monocred%" + CANARY
                    + "%1</S></Objs>").exits(1))).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("was refused a token: AADSTS50076: MFA & more ***");
        }

        @Test
        void claimsStartNothingAndSayExactlyWhatToRun() {
            assertThat(ToolTokenSourceTest.this.failure(fake, new AzurePowerShell("contoso"), REQUEST.withClaims("{\"a\":1}")))
                    .isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("'Connect-AzAccount -Tenant contoso -ClaimsChallenge \"eyJhIjoxfQ==\"'");
            assertThat(fake.runCount()).isZero();
        }
    }

    @Test
    void theDefaultTimeoutIsTenSeconds() {
        assertThat(ToolTokenSource.DEFAULT_TIMEOUT).isEqualTo(Duration.ofSeconds(10));
    }
}
