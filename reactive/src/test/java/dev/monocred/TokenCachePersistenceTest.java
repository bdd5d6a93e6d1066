package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenCacheStore;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** What survives the end of a program, over real files and a real token endpoint; each credential is a program of its own. */
class TokenCachePersistenceTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path home;

    private final FakeEntra entra = FakeEntra.start();

    @AfterEach
    void end() {
        entra.close();
    }

    /** A place of the application's own: each cache is an entry. */
    private static final class Places {

        private final Map<String, byte[]> content = new ConcurrentHashMap<>();

        TokenCacheStore store(String name) {
            return new TokenCacheStore() {
                @Override
                public Mono<byte[]> read() {
                    return Mono.fromSupplier(() -> content.get(name));
                }

                @Override
                public Mono<Void> write(byte[] changed) {
                    return Mono.fromRunnable(() -> content.put(name, changed));
                }
            };
        }
    }

    // The compiler of Java 17 does not see, in a class file, that the function may give null.
    @SuppressWarnings("NullAway")
    private AccessToken inAProgram(TokenCachePersistenceOptions options, TokenRequestContext request) {
        ClientSecretCredential credential = ClientSecretCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .environment(this::variable).tokenCachePersistence(options).build();
        try {
            AccessToken token = credential.getToken(request).block(PATIENCE);
            assertThat(token).isNotNull();
            return token;
        } finally {
            credential.close().block(PATIENCE);
        }
    }

    /** No program is on this PATH, so nothing keeps a key. */
    private @Nullable String variable(String name) {
        return Map.of("HOME", home.toString(), "PATH", home.resolve("nothing").toString()).get(name);
    }

    @Test
    void theNextProgramNeedsNoRequest() {
        Places places = new Places();
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().store(places::store).build();

        AccessToken first = inAProgram(options, REQUEST);

        assertThat(inAProgram(options, REQUEST).token()).isEqualTo(first.token());
        assertThat(entra.tokenRequests()).isEqualTo(1);
        assertThat(inAProgram(TokenCachePersistenceOptions.builder().name("another").store(places::store).build(), REQUEST).token())
                .as("another cache").isNotEqualTo(first.token());
    }

    @Test
    void theNextProgramKnowsAUserByTheTokenThatIsExchangedAndNoOther() {
        Places places = new Places();
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().store(places::store).build();
        String one = entra.userAssertion();

        String first = onBehalfOf(options, one);

        assertThat(onBehalfOf(options, one)).isEqualTo(first);
        assertThat(entra.tokenRequests()).isEqualTo(1);
        assertThat(onBehalfOf(options, entra.userAssertion())).isNotEqualTo(first);
        assertThat(entra.tokenRequests()).isEqualTo(2);
        assertThat(inAProgram(options, REQUEST).token()).as("what the application gets for itself").isNotEqualTo(first);
    }

    private String onBehalfOf(TokenCachePersistenceOptions options, String userAssertion) {
        OnBehalfOfCredential credential = OnBehalfOfCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).tokenCachePersistence(options).build();
        try {
            return credential.withUserAssertion(userAssertion).getToken(REQUEST).blockOptional(PATIENCE).orElseThrow().token();
        } finally {
            credential.close().block(PATIENCE);
        }
    }

    @Test
    void tokensWithContinuousAccessEvaluationAreKeptApart() {
        Places places = new Places();
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().name("mine").store(places::store).build();

        String plain = inAProgram(options, REQUEST).token();
        String cae = inAProgram(options, REQUEST.withCaeEnabled(true)).token();

        assertThat(cae).isNotEqualTo(plain);
        assertThat(places.content.keySet()).contains("mine.nocae", "mine.cae");
        assertThat(new String(places.content.get("mine.nocae"), UTF_8)).contains(plain).doesNotContain(cae);
        assertThat(new String(places.content.get("mine.cae"), UTF_8)).contains(cae).doesNotContain(plain);
    }

    @Test
    void whereNothingKeepsAKeyTheErrorSaysWhatIsMissingAndNothingIsOnTheDisk() throws IOException {
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().build();

        assertThatThrownBy(() -> inAProgram(options, REQUEST)).isInstanceOf(ClientAuthenticationException.class)
                .hasMessageStartingWith("ClientSecretCredential: ").hasMessageContaining("allowUnencryptedStorage(true)");
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(entra.tokenRequests()).isZero();
    }

    @Test
    void allowedToLieThereUnencryptedTokensAreReadableByTheUserAlone() throws IOException {
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build();

        AccessToken first = inAProgram(options, REQUEST);

        assertThat(inAProgram(options, REQUEST).token()).isEqualTo(first.token());
        Path file = home.resolve(".IdentityService").resolve("msal.cache.nocae");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeUsedCostsNothingButTheMemory() throws IOException {
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build();
        Files.createDirectories(home.resolve(".IdentityService").resolve("msal.cache.nocae").resolve("a folder in its place"));

        assertThat(inAProgram(options, REQUEST).token()).isNotBlank();
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void aFileThatIsNoCacheIsKeptAside() throws IOException {
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build();
        Path folder = Files.createDirectories(home.resolve(".IdentityService"));
        Files.writeString(folder.resolve("msal.cache.nocae"), "somebody's notes");

        AccessToken first = inAProgram(options, REQUEST);

        assertThat(folder.resolve("msal.cache.nocae.corrupt")).hasContent("somebody's notes");
        assertThat(inAProgram(options, REQUEST).token()).isEqualTo(first.token());
    }

    /** token-cache.md, checklist 35. */
    @Test
    void noTokenAndNoWholeNameOfAnEntryIsLogged() throws IOException {
        TokenCachePersistenceOptions options = TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build();
        try (EverythingLogged logged = new EverythingLogged()) {
            String token = inAProgram(options, REQUEST).token();
            inAProgram(options, REQUEST);
            Files.writeString(home.resolve(".IdentityService").resolve("msal.cache.nocae"), "damaged " + token);
            inAProgram(options, REQUEST);

            assertThat(logged.lines()).as("it was heard").anyMatch(line -> line.contains("counts as empty"))
                    .noneMatch(line -> line.contains(token))
                    .noneMatch(line -> line.contains("accesstoken-" + FakeEntra.CLIENT_ID));
        }
    }

    @Test
    void namesAreCheckedAtOnce() {
        assertThatThrownBy(() -> TokenCachePersistenceOptions.builder().name("../mine")).isInstanceOf(IllegalArgumentException.class);
    }
}
