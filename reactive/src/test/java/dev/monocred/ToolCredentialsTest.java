package dev.monocred;

import static dev.monocred.testing.ToolScript.azureCliToken;
import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.monocred.core.AccessToken;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Processes;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedToolRun;
import dev.monocred.testing.TokenCredentialContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ToolCredentialsTest {

    @Nested
    class AzureCliKeepsTheContract implements TokenCredentialContract {

        @Override
        public Subject newSubject() {
            return ToolSubject.azureCli();
        }
    }

    @Nested
    class AzureDeveloperCliKeepsTheContract implements TokenCredentialContract {

        @Override
        public Subject newSubject() {
            return ToolSubject.azureDeveloperCli();
        }
    }

    @Nested
    class AzurePowerShellKeepsTheContract implements TokenCredentialContract {

        @Override
        public Subject newSubject() {
            return ToolSubject.azurePowerShell();
        }
    }

    @Nested
    class OnAFakeAz {

        private static final String SCOPE = "https://vault.azure.net/.default";
        private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

        private final ManualTime time = ManualTime.startingAt(START);
        private final FakeTool az = FakeTool.named("az");
        private final List<TokenCredential> credentials = new ArrayList<>();

        @AfterEach
        void end() {
            credentials.forEach(credential -> credential.close().block(Processes.LIMIT));
            az.close();
        }

        private AzureCliCredential.Builder builder() {
            return AzureCliCredential.builder().environment(az.environment()).timeSource(time).scheduler(time.scheduler());
        }

        private TokenCredential credential(AzureCliCredential.Builder builder) {
            TokenCredential credential = builder.build();
            credentials.add(credential);
            return credential;
        }

        private String token(TokenCredential credential) {
            AccessToken token = credential.getToken(SCOPE).block(Processes.LIMIT);
            assertThat(token).isNotNull();
            return token.token();
        }

        private Throwable failure(Mono<AccessToken> failing) {
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            failing.doOnError(failure::set).onErrorComplete().block(Processes.LIMIT);
            assertThat(failure.get()).isNotNull();
            return failure.get();
        }

        private void signIn(String account) throws IOException {
            Path folder = Files.createDirectories(az.folder().resolve(".azure"));
            Files.writeString(folder.resolve("azureProfile.json"), "{\"user\": \"" + account + "\"}");
            az.does(azureCliToken("token-of-" + account, START.plus(Duration.ofHours(20))));
        }

        @Test
        void fiftyRequestsAreOneProcessAndFiftyMoreNone() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder());
            for (int i = 0; i < 2; i++) {
                assertThat(Flux.range(0, 50).flatMap(n -> credential.getToken(SCOPE), 50).count().block(Processes.LIMIT))
                        .isEqualTo(50);
            }
            assertThat(az.runCount()).isEqualTo(1);
        }

        @Test
        void differentTenantsAreDifferentProcesses() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder());
            token(credential);
            credential.getToken(TokenRequestContext.of(SCOPE).withTenantId("contoso")).block(Processes.LIMIT);
            credential.getToken(TokenRequestContext.of(SCOPE).withTenantId("CONTOSO")).block(Processes.LIMIT);
            assertThat(az.runs()).extracting(RecordedToolRun::arguments).hasSize(2).last().asInstanceOf(
                    InstanceOfAssertFactories.LIST).endsWith("--tenant", "contoso");
        }

        @Test
        void aTokenAskedForASecondAfterSomebodyElseSignedInIsTheirs() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder());
            assertThat(token(credential)).isEqualTo("token-of-alice");
            signIn("bob");
            time.advance(Duration.ofMillis(999));
            assertThat(token(credential)).as("hits in between are ordinary").isEqualTo("token-of-alice");
            time.advance(Duration.ofMillis(1));
            assertThat(token(credential)).isEqualTo("token-of-bob");
            time.advance(Duration.ofMinutes(10));
            assertThat(token(credential)).isEqualTo("token-of-bob");
            assertThat(az.runCount()).isEqualTo(2);
        }

        @Test
        void signingInEndsThePauseAfterAFailure() throws IOException {
            az.does(nothing().complains("ERROR: Please run 'az login' to setup account.").exits(1));
            TokenCredential credential = credential(builder());
            assertThat(failure(credential.getToken(SCOPE))).isInstanceOf(CredentialUnavailableException.class);
            failure(credential.getToken(SCOPE));
            assertThat(az.runCount()).as("a failure is not tried again at once").isEqualTo(1);
            signIn("alice");
            time.advance(Duration.ofSeconds(1));
            assertThat(token(credential)).isEqualTo("token-of-alice");
        }

        @Test
        void aSignInDuringARunIsNotedAtTheNextRequest() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder());
            az.holds();
            Disposable waiting = credential.getToken(SCOPE).subscribe();
            az.awaitRuns(1);
            Files.writeString(az.folder().resolve(".azure/azureProfile.json"), "{\"user\": \"bob\"}");
            az.releases();
            Processes.await("the token", waiting::isDisposed);
            az.does(azureCliToken("token-of-bob", START.plus(Duration.ofHours(20))));
            time.advance(Duration.ofSeconds(1));
            assertThat(token(credential)).isEqualTo("token-of-bob");
        }

        @Test
        void whatTheToolItselfRewritesDoesNotMatter() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder());
            for (int i = 0; i < 3; i++) {
                assertThat(token(credential)).isEqualTo("token-of-alice");
                Files.writeString(az.folder().resolve(".azure/msal_token_cache.json"), "cache " + i);
                Files.writeString(az.folder().resolve(".azure/azureProfile.json"), "{\"user\": \"alice\"}");
                time.advance(Duration.ofSeconds(2));
            }
            assertThat(az.runCount()).isEqualTo(1);
        }

        @Test
        void theConfiguredFolderIsTheOneThatCounts() throws IOException {
            Path folder = Files.createDirectories(az.folder().resolve("elsewhere"));
            Files.writeString(folder.resolve("azureProfile.json"), "alice");
            az.does(azureCliToken("t", START.plus(Duration.ofHours(20))));
            TokenCredential credential = credential(builder().environment(
                    name -> name.equals("AZURE_CONFIG_DIR") ? folder.toString() : az.environment().apply(name)));
            token(credential);
            assertThat(az.runs().get(0).environment()).containsEntry("AZURE_CONFIG_DIR", folder.toString());
            Files.writeString(folder.resolve("azureProfile.json"), "bob");
            time.advance(Duration.ofSeconds(1));
            token(credential);
            assertThat(az.runCount()).isEqualTo(2);
        }

        @Test
        void withoutCacheEveryRequestIsAProcess() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder().cacheTokens(false));
            for (int i = 1; i <= 3; i++) {
                assertThat(token(credential)).isEqualTo("token-of-alice");
                assertThat(az.runCount()).isEqualTo(i);
            }
        }

        @Test
        void manyRequestsRunFourProcessesAtATime() throws IOException {
            signIn("alice");
            az.holds();
            TokenCredential credential = credential(builder());
            List<Disposable> waiting = IntStream.range(0, 40)
                    .mapToObj(i -> credential.getToken("https://resource-" + i + "/.default").subscribe()).toList();
            az.awaitRuns(4);
            assertThat(az.runCount()).isEqualTo(4);
            az.releases();
            Processes.await("all", () -> waiting.stream().allMatch(Disposable::isDisposed));
            assertThat(az.runCount()).isEqualTo(40);
        }

        @Test
        void closingKillsTheTreeAndEndsTheWait() {
            az.does(nothing().ignoresTermination().startsTree().hangs());
            TokenCredential credential = credential(builder());
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            credential.getToken(SCOPE).subscribe(token -> {}, failure::set);
            az.awaitRuns(1);
            Processes.await("the tree", () -> az.runs().get(0).processIds().size() == 3);
            credential.close().block(Processes.LIMIT);
            assertThat(failure.get()).isInstanceOf(IllegalStateException.class);
            Processes.await("the end", () -> Processes.running(az.runs().get(0).processIds()).isEmpty());
        }

        @Test
        void aToolThatHangsFailsAtTheTimeoutAndIsGoneSoonAfter() {
            az.does(nothing().ignoresTermination().hangs());
            TokenCredential credential = credential(builder().processTimeout(Duration.ofMillis(200)));
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            credential.getToken(SCOPE).subscribe(token -> {}, failure::set);
            az.awaitRuns(1);
            time.advance(Duration.ofMillis(200));
            Processes.await("the failure", () -> failure.get() != null);
            assertThat(failure.get()).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageStartingWith("AzureCliCredential is unavailable: the Azure CLI gave no token: it did not answer within 200 ms.");
            Processes.await("the end", () -> Processes.running(az.runs().get(0).processIds()).isEmpty());
        }

        @Test
        void aForbiddenTenantAndADangerousScopeStartNothing() {
            TokenCredential credential = credential(builder().tenantId("contoso").additionallyAllowedTenants("fabrikam"));
            assertThat(failure(credential.getToken(TokenRequestContext.of(SCOPE).withTenantId("tailspin"))))
                    .hasMessageContainingAll("tailspin", "contoso", "additionallyAllowedTenants");
            assertThat(failure(credential.getToken("https://x/;rm -rf"))).isInstanceOf(IllegalArgumentException.class);
            assertThat(failure(credential.getToken())).isInstanceOf(IllegalArgumentException.class);
            assertThat(az.runCount()).isZero();
        }

        @Test
        void claimsSayWhatToRunEachTimeAndStartNothing() throws IOException {
            signIn("alice");
            TokenCredential credential = credential(builder());
            token(credential);
            TokenRequestContext request = TokenRequestContext.of(SCOPE).withClaims("{\"access_token\":{}}");
            assertThat(failure(credential.getToken(request))).hasMessageContaining("az login --claims-challenge ");
            assertThat(failure(credential.getToken(request))).hasMessageEndingWith("then try again.");
            assertThat(az.runCount()).isEqualTo(1);
        }

        @Test
        void noLogLineShowsAToken() {
            String jwt = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOiJjYW5hcnktMDEyMzQ1Njc4OSJ9.Y2FuYXJ5";
            Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            Level before = root.getLevel();
            lines.start();
            root.addAppender(lines);
            root.setLevel(Level.TRACE);
            try {
                TokenCredential credential = credential(builder());
                az.next(azureCliToken("canary-0123456789", START.plusSeconds(3600)), nothing().prints("{\"accessToken\":\"canary-0123456789\"")
                        .complains("{\"accessToken\":\"canary-0123456789\"} " + jwt).exits(1));
                token(credential);
                failure(credential.getToken("https://other/.default"));
            } finally {
                root.setLevel(before);
                root.detachAppender(lines);
            }
            List<String> all = List.copyOf(lines.list).stream().map(line -> line.getFormattedMessage() + " "
                    + (line.getThrowableProxy() == null ? "" : line.getThrowableProxy().getMessage())).toList();
            assertThat(all).anySatisfy(line -> assertThat(line).contains("failed with status 1"))
                    .noneSatisfy(line -> assertThat(line).containsAnyOf("canary-0123456789", jwt));
        }

        @Test
        void aBuilderRefusesWhatCannotWork() {
            assertThatIllegalArgumentException().isThrownBy(() -> builder().processTimeout(Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> builder().tenantId("a b"));
            assertThatIllegalArgumentException().isThrownBy(() -> builder().tenantId("contoso").subscription("s").build());
            assertThatIllegalArgumentException().isThrownBy(() -> builder().subscription("a;b").build());
            assertThatIllegalArgumentException().isThrownBy(() -> builder().tenantId("-o").build());
        }
    }
}
