package dev.monocred;

import static dev.monocred.SignedInElsewhere.HOME;
import static dev.monocred.SignedInElsewhere.VAULT;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.util.retry.Retry;

/** token-cache.md 6 and 9, with caches as other programs leave them; the keyring is a fake secret-tool. */
@EnabledOnOs(OS.LINUX)
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings({"NullAway", "deprecation"})
class SharedTokenCacheCredentialTest {

    private static final String OURS = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    private static final String FOREIGN = "55555555-5555-5555-5555-555555555555";
    private static final String OTHER_TENANT = "44444444-4444-4444-4444-444444444444";
    private static final String ANOTHER = "66666666-6666-6666-6666-666666666666." + OTHER_TENANT;
    private static final String NOCAE = "msal.cache.nocae";
    private static final TokenRequestContext REQUEST = TokenRequestContext.of(VAULT);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PREFIX = "SharedTokenCacheCredential authentication unavailable. ";

    @TempDir
    private Path home;

    private final FakeEntra entra = FakeEntra.start();
    private final FakeTool keyring = FakeTool.named("secret-tool");
    private final Map<String, String> variables = new HashMap<>();
    private final List<SharedTokenCacheCredential> opened = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        entra.registers(FakeEntra.TENANT_ID, OURS, "invented").registers(OTHER_TENANT, OURS, "invented");
        keyring.does(nothing().exits(1));
        variables.put("HOME", home.toString());
    }

    @AfterEach
    void end() {
        opened.forEach(credential -> credential.close().block(PATIENCE));
        entra.close();
        keyring.close();
    }

    private @Nullable String variable(String name) {
        return variables.getOrDefault(name, keyring.environment().apply(name));
    }

    private SharedTokenCacheCredential.Builder builder() {
        return SharedTokenCacheCredential.builder().authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .environment(this::variable);
    }

    private AccessToken get(SharedTokenCacheCredential.Builder builder, TokenRequestContext request) {
        SharedTokenCacheCredential credential = builder.build();
        opened.add(credential);
        return Objects.requireNonNull(credential.getToken(request).block(PATIENCE));
    }

    private SignedInElsewhere cache() {
        return new SignedInElsewhere(entra);
    }

    /** The usual person, whose refresh token is real. */
    private SignedInElsewhere somebody() {
        return cache().account(HOME, "organizations", "user@example.com")
                .refreshToken(HOME, OURS, "1", SignedInElsewhere.refreshToken(entra, OURS));
    }

    private SignedInElsewhere two() {
        return somebody().account(ANOTHER, OTHER_TENANT, "Other@example.com").refreshToken(ANOTHER, OURS, "1", "invented-other");
    }

    private void unavailable(SharedTokenCacheCredential.Builder builder, String sentence) {
        assertThatThrownBy(() -> get(builder, REQUEST)).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith(PREFIX + sentence);
    }

    private RecordedTokenRequest last() {
        return entra.requests().get(entra.tokenRequests() - 1);
    }

    private static AuthenticationRecord record(FakeEntra entra, String home) {
        return AuthenticationRecord.of(entra.authorityHost(), OURS, home, FakeEntra.TENANT_ID, "user@example.com");
    }

    /** Number 29. */
    @Test
    void nobodyIsSignedIn() {
        unavailable(builder(), "No accounts were found in the cache. ");
        assertThat(entra.tokenRequests()).isZero();
    }

    @Test
    void aCacheThatCannotBeLookedAtIsNotAnEmptyOne() {
        keyring.does(nothing().complains("Cannot autolaunch D-Bus without X11 $DISPLAY").exits(1));

        unavailable(builder(), "Shared token cache unavailable: secret-tool cannot be used to read what other programs keep: it"
                + " ended with status 1 (Cannot autolaunch D-Bus without X11 $DISPLAY). Install it (Debian: libsecret-tools)");
    }

    @Test
    void aCacheThatCannotBeLookedAtDoesNotMatterWhereAnotherHasSomebody() {
        keyring.does(nothing().complains("Cannot autolaunch D-Bus without X11 $DISPLAY").exits(1));
        somebody().in(home, NOCAE);

        assertThat(get(builder(), REQUEST).token()).isNotBlank();
    }

    @Test
    void theOnlyOneWhoSignedInIsMeant() {
        somebody().in(home, NOCAE);

        assertThat(get(builder(), REQUEST).token()).isNotBlank();

        assertThat(last().field("grant_type")).isEqualTo("refresh_token");
        assertThat(last().field("client_id")).isEqualTo(OURS);
        assertThat(last().tenant()).isEqualTo("organizations");
        assertThat(last().scopes()).contains(VAULT);
    }

    /** Number 29. */
    @Test
    void severalAreTooMany() {
        two().in(home, NOCAE);

        unavailable(builder(), "Multiple accounts were found in the cache. Use username and tenant id to disambiguate.");
    }

    /** Number 29. */
    @ParameterizedTest
    @ValueSource(strings = {"user@example.com", "USER@Example.com"})
    void ofSeveralTheUsernameChoosesInAnyCase(String username) {
        two().in(home, NOCAE);

        assertThat(get(builder().username(username), REQUEST).token()).isNotBlank();
    }

    /** Number 29. */
    @Test
    void ofSeveralTheHomeTenantChooses() {
        two().in(home, NOCAE);

        assertThat(get(builder().tenantId(FakeEntra.TENANT_ID), REQUEST).token()).isNotBlank();
        assertThat(last().tenant()).isEqualTo(FakeEntra.TENANT_ID);
    }

    /** Number 29. */
    @Test
    void variablesChooseWhereTheBuilderDoesNot() {
        two().in(home, NOCAE);
        variables.put("AZURE_USERNAME", "user@EXAMPLE.com");
        variables.put("AZURE_TENANT_ID", FakeEntra.TENANT_ID);

        assertThat(get(builder(), REQUEST).token()).isNotBlank();
        assertThat(last().tenant()).isEqualTo(FakeEntra.TENANT_ID);
        unavailable(builder().username("other@example.com"), "No account matching the specified username: other@example.com"
                + " tenantId: " + FakeEntra.TENANT_ID + " was found in the cache. ");
        unavailable(builder().username(" ").tenantId(""), "Multiple accounts were found in the cache. ");
    }

    /** Number 29. */
    @Test
    void aFilterThatSeveralPassIsNamed() {
        two().account("77777777-7777-7777-7777-777777777777." + OTHER_TENANT, OTHER_TENANT, "user@example.com")
                .refreshToken("77777777-7777-7777-7777-777777777777." + OTHER_TENANT, OURS, "1", "invented-third").in(home, NOCAE);

        unavailable(builder().username("user@example.com"),
                "Multiple accounts matching the specified username: user@example.com were found in the cache. ");
        unavailable(builder().tenantId(OTHER_TENANT),
                "Multiple accounts matching the specified tenantId: " + OTHER_TENANT + " were found in the cache. ");
    }

    /** Number 28. */
    @Test
    void aRecordChoosesAmongSeveralWhateverTheVariablesSay() {
        two().in(home, NOCAE);
        variables.put("AZURE_USERNAME", "nobody@example.com");
        variables.put("AZURE_TENANT_ID", OTHER_TENANT);

        assertThat(get(builder().authenticationRecord(record(entra, HOME.toUpperCase(Locale.ROOT))), REQUEST).token())
                .isNotBlank();
        assertThat(last().tenant()).isEqualTo(FakeEntra.TENANT_ID);
        unavailable(builder().authenticationRecord(record(entra, "88888888-8888-8888-8888-888888888888." + OTHER_TENANT)),
                "The cache contains no account matching the given AuthenticationRecord. ");
    }

    /** Number 30. */
    @Test
    void aForeignApplicationsRefreshTokenWithoutAFamilyIsNobodys() {
        cache().account(HOME, "organizations", "user@example.com").refreshToken(HOME, FOREIGN, "", "invented").in(home, NOCAE);

        unavailable(builder(), "No accounts were found in the cache. ");
    }

    @Test
    void aFamilysRefreshTokenServesWhoeverGotIt() throws IOException {
        entra.always(request -> "invented-family".equals(request.field("refresh_token")), FakeAnswer.answers(200, "{\"token_type\":"
                + "\"Bearer\",\"access_token\":\"invented-token\",\"expires_in\":3600,\"refresh_token\":\"invented-new\"}"));
        Path file = cache().account(HOME, "organizations", "user@example.com")
                .refreshToken(HOME, FOREIGN, "1", "invented-family").in(home, NOCAE);
        String before = Files.readString(file);

        assertThat(get(builder(), REQUEST).token()).isEqualTo("invented-token");
        assertThat(last().field("client_id")).isEqualTo(OURS);
        assertThat(file).as("another application's stays as it is").hasContent(before);
    }

    /** Number 31. */
    @ParameterizedTest
    @ValueSource(strings = {"invalid_grant", "interaction_required"})
    void whoHasToSignInAgainIsUnavailable(String error) throws IOException {
        Path file = somebody().in(home, NOCAE);
        String before = Files.readString(file);
        entra.always(refuses(error, 50173, "The grant has expired."));

        assertThatThrownBy(() -> get(builder(), REQUEST)).isInstanceOfSatisfying(CredentialUnavailableException.class,
                failure -> assertThat(Objects.requireNonNull(failure.entraError()).error()).isEqualTo(error))
                .hasMessageStartingWith(PREFIX + "Token acquisition failed for user user@example.com. Ensure that you have"
                        + " authenticated with a developer tool that supports Azure single sign on.");
        assertThat(file).as("nothing of another's is deleted").hasContent(before);
    }

    /** Number 31. */
    @Test
    void otherRefusalsStopAChain() {
        somebody().in(home, NOCAE);
        entra.always(isDown(503));
        assertThatThrownBy(() -> get(builder(), REQUEST)).isInstanceOf(ClientAuthenticationException.class)
                .isNotInstanceOf(CredentialUnavailableException.class).satisfies(failure ->
                        assertThat(((ClientAuthenticationException) failure).isTransient()).isTrue());

        entra.always(refuses("invalid_client", 7000218, "A secret is missing."));
        assertThatThrownBy(() -> get(builder(), REQUEST)).isInstanceOf(ClientAuthenticationException.class)
                .isNotInstanceOf(CredentialUnavailableException.class);
    }

    /** Number 40. */
    @Test
    void aRotatedRefreshTokenStandsWhereTheOldOneStoodAndNothingElseIsWritten() throws IOException {
        String old = SignedInElsewhere.refreshToken(entra, OURS);
        SignedInElsewhere python = cache().account(HOME, "organizations", "user@example.com")
                .namedRefreshToken("written-by-python", HOME, OURS, "1", old);
        python.root().putObject("Unknown").put("kept", true);
        Path file = python.in(home, NOCAE);

        get(builder(), REQUEST);

        String now = Files.readString(file);
        String secret = SignedInElsewhere.json(now).at("/RefreshToken/written-by-python/secret").asText();
        assertThat(secret).isNotEqualTo(old).startsWith("invented-refresh-token-");
        assertThat(SignedInElsewhere.json(now)).as("but for that the same")
                .isEqualTo(SignedInElsewhere.json(python.text().replace(old, secret)));
        assertThat(get(builder(), REQUEST).token()).as("the next program").isNotBlank();
        try (var files = Files.list(file.getParent())) {
            assertThat(files).as("no lock, no other file").containsExactly(file);
        }
    }

    @Test
    void aRefreshTokenInAPlaceThatWeCannotWriteIsReplacedInMemory() {
        keyring.does("org.freedesktop.Secret.Generic", nothing().prints(somebody().text()), nothing().exits(1));
        SharedTokenCacheCredential credential = builder().build();
        opened.add(credential);

        credential.getToken(REQUEST).block(PATIENCE);
        credential.getToken("https://storage.azure.com/.default").block(PATIENCE);

        List<RecordedTokenRequest> redemptions = entra.requests().subList(1, entra.tokenRequests());
        assertThat(redemptions).hasSize(2).extracting(request -> request.field("refresh_token")).doesNotHaveDuplicates();
        assertThat(home.resolve(".IdentityService")).doesNotExist();
        assertThat(keyring.runs()).allSatisfy(run -> assertThat(run.arguments()).startsWith("lookup"));
    }

    /** The attribute shapes of 2.5, with their encodings. */
    @ParameterizedTest
    @ValueSource(strings = {"msal.cache", "1.0.0.0", "msal.cache.nocae", "msal.cache.cae", "org.freedesktop.Secret.Generic"})
    void everyLibrarysEntryInTheKeyringIsFound(String attribute) {
        String text = somebody().text();
        boolean isBase64 = List.of("msal.cache", "1.0.0.0").contains(attribute);
        keyring.does(attribute, nothing().prints(isBase64
                ? Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) : text), nothing().exits(1));

        assertThat(get(builder(), REQUEST).token()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"msal.cache", "msal.cache.nocae", "msal.cache.cae"})
    void everyFileIsFound(String name) {
        somebody().in(home, name);

        assertThat(get(builder(), REQUEST).token()).isNotBlank();
        assertThat(get(builder(), REQUEST.withCaeEnabled(true)).token()).as("a refresh token serves both modes").isNotBlank();
    }

    @Test
    void placesAreOneCache() {
        keyring.does("org.freedesktop.Secret.Generic", nothing().prints(cache().account(HOME, "organizations", "user@example.com")
                .text()), nothing().exits(1));
        cache().refreshToken(HOME, OURS, "1", SignedInElsewhere.refreshToken(entra, OURS)).in(home, "msal.cache");
        cache().refreshToken(ANOTHER, OURS, "1", "invented-family").in(home, NOCAE);

        assertThat(get(builder(), REQUEST).token()).isNotBlank();
    }

    /** Number 24: one where nobody can tell is given to nobody. */
    @Test
    void anAccessTokenIsGivenOutInItsOwnModeOnly() {
        Instant end = Instant.now().plus(Duration.ofHours(1));
        SignedInElsewhere cache = somebody().accessToken(HOME, OURS, "organizations", "invented-access-token", end);
        cache.in(home, NOCAE);

        assertThat(get(builder(), REQUEST).token()).isEqualTo("invented-access-token");
        assertThat(entra.tokenRequests()).as("only the one elsewhere").isEqualTo(1);
        assertThat(get(builder(), REQUEST.withCaeEnabled(true)).token()).isNotEqualTo("invented-access-token");
        assertThat(get(builder(), REQUEST.withClaims("{}")).token()).isNotEqualTo("invented-access-token");
    }

    @Test
    void anAccessTokenOfUnknownModeIsNotGivenOut() {
        somebody().accessToken(HOME, OURS, "organizations", "invented-access-token", Instant.now().plus(Duration.ofHours(1)))
                .in(home, "msal.cache");

        assertThat(get(builder(), REQUEST).token()).isNotEqualTo("invented-access-token");
    }

    /** Number 36: Java's accounts, Python's, JavaScript's. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "python", "javascript"})
    void onePersonInTwoTenantsIsOneCandidateInEveryLibrarysShape(String library) {
        SignedInElsewhere cache = cache();
        Instant end = Instant.now().plus(Duration.ofHours(1));
        String secret = SignedInElsewhere.refreshToken(entra, OURS);
        switch (library) {
            case "java" -> cache.account(HOME, "organizations", "user@example.com").account(HOME, OTHER_TENANT, "user@example.com")
                    .refreshToken(HOME, OURS, "1", secret);
            case "python" -> cache.account(HOME, "organizations", "user@example.com")
                    .accessToken(HOME, OURS, OTHER_TENANT, "invented-of-other-tenant", end)
                    .namedRefreshToken(HOME + "-refreshtoken-" + OURS + "--openid profile", HOME, OURS, "1", secret);
            default -> {
                cache.account(HOME, FakeEntra.TENANT_ID, "user@example.com").refreshToken(HOME, OURS, "1", secret);
                cache.root().withObjectProperty("Account").elements().forEachRemaining(each ->
                        ((ObjectNode) each).putArray("tenantProfiles")
                                .add("{\"tenantId\":\"" + OTHER_TENANT + "\",\"isHomeTenant\":false}"));
            }
        }
        cache.in(home, NOCAE);
        SharedTokenCacheCredential credential = builder().additionallyAllowedTenants(OTHER_TENANT).build();
        opened.add(credential);

        assertThat(credential.getToken(REQUEST).blockOptional(PATIENCE)).isPresent();
        String other = Objects.requireNonNull(credential.getToken(REQUEST.withTenantId(OTHER_TENANT)).block(PATIENCE)).token();

        assertThat(other.equals("invented-of-other-tenant")).isEqualTo(library.equals("python"));
    }

    @Test
    void aCacheOfOurOwnIsReadOnlyIfItIsThereAndNoKeyIsMade() {
        somebody().in(home, NOCAE);

        get(builder(), REQUEST);

        assertThat(keyring.runs()).noneSatisfy(run -> assertThat(run.arguments()).contains("store"))
                .noneSatisfy(run -> assertThat(run.arguments()).contains("monocred"));
    }

    @Test
    void whoSignsInLaterIsFound() {
        SharedTokenCacheCredential credential = builder().build();
        opened.add(credential);
        assertThatThrownBy(() -> credential.getToken(REQUEST).block(PATIENCE)).isInstanceOf(CredentialUnavailableException.class);

        somebody().in(home, NOCAE);

        assertThat(Objects.requireNonNull(credential.getToken(TokenRequestContext.of("https://" + UUID.randomUUID() + "/.default"))
                .retryWhen(Retry.fixedDelay(10, Duration.ofMillis(500))).block(PATIENCE)).token()).isNotBlank();
    }
}
