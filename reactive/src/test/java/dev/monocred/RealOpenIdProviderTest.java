package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A certified OpenID provider that we did not write, and that is stricter than Entra: a {@code jti} counts once, a refresh
 * token that comes twice ends the whole family, a device code says nothing about an interval (entra.md 2.14).
 */
@Tag("real")
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class RealOpenIdProviderTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration FIVE = Duration.ofSeconds(5);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    static Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static RealOpenIdProvider provider;

    private final ManualTime time = ManualTime.startingAt(Instant.now());
    private final Pauses pauses = new Pauses(time);
    private final List<TokenCredential> opened = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        provider = RealOpenIdProvider.start(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        if (provider != null) {
            provider.close();
        }
    }

    @AfterEach
    void close() {
        opened.forEach(credential -> credential.close().block());
    }

    private <B extends EntraCredentialBuilder<B>> B with(B builder) {
        return builder.tenantId(RealOpenIdProvider.TENANT).authorityHost(provider.authorityHost()).disableInstanceDiscovery(true)
                .httpClient(provider.httpClient()).environment(name -> null);
    }

    private <C extends TokenCredential> C open(C credential) {
        opened.add(credential);
        return credential;
    }

    private static AccessToken get(TokenCredential credential, TokenRequestContext request) {
        return Objects.requireNonNull(credential.getToken(request).block(LIMIT));
    }

    private static AccessToken another(TokenCredential credential, AccessToken rejected) {
        AccessToken other = get(credential, REQUEST.withRejectedToken(rejected));
        assertThat(other).isNotEqualTo(rejected);
        return other;
    }

    @Test
    void givesATokenForASecret() {
        ClientSecretCredential credential = open(with(ClientSecretCredential.builder().clientId("with-secret"))
                .clientSecret(RealOpenIdProvider.SECRET).build());

        AccessToken token = get(credential, REQUEST);

        assertThat(token.expiresAt()).isAfter(Instant.now().plus(Duration.ofMinutes(55)));
        another(credential, token);
    }

    @Test
    void refusesAWrongSecretInWordsThatReachTheCaller() {
        ClientSecretCredential credential =
                open(with(ClientSecretCredential.builder().clientId("with-secret")).clientSecret("wrong").build());

        assertThatExceptionOfType(ClientAuthenticationException.class).isThrownBy(() -> get(credential, REQUEST))
                .withMessageContainingAll("ClientSecretCredential", "invalid_client")
                .satisfies(error -> assertThat(Objects.requireNonNull(error.entraError()).error()).isEqualTo("invalid_client"));
    }

    /** private_key_jwt; entra.md, number 54. */
    @Test
    void givesATokenForEachAssertionOfACertificateOnce() {
        CertificateCredential credential = open(with(CertificateCredential.builder().clientId("with-certificate"))
                .certificatePath(provider.files().path("client.pem")).build());

        another(credential, another(credential, get(credential, REQUEST)));
    }

    /** entra.md, numbers 55 and 57. */
    @Test
    void givesTokensForADeviceCodeAndForEachRefreshTokenOnce() throws Exception {
        CompletableFuture<DeviceCodeInfo> shown = new CompletableFuture<>();
        DeviceCodeCredential credential = open(with(DeviceCodeCredential.builder().clientId("device")).timeSource(time)
                .scheduler(pauses).promptCallback(code -> Mono.fromRunnable(() -> shown.complete(code))).build());
        CompletableFuture<AuthenticationRecord> record = credential.authenticate(REQUEST).toFuture();
        DeviceCodeInfo code = shown.get(20, TimeUnit.SECONDS);
        pauses.begun(FIVE);
        provider.approve(code.userCode());
        time.advance(FIVE);

        assertThat(record.get(20, TimeUnit.SECONDS)).satisfies(who -> {
            assertThat(who.username()).isEqualTo("person@example.com");
            assertThat(who.tenantId()).isEqualTo(RealOpenIdProvider.TENANT);
            assertThat(who.homeAccountId()).isEqualTo("invented-person");
        });
        AccessToken first = get(credential, REQUEST);
        for (int round = 0; round < 3; round++) {
            time.advance(Duration.ofHours(1));
            List<AccessToken> both = Flux.just(REQUEST, REQUEST.withCaeEnabled(true)).flatMap(credential::getToken)
                    .collectList().block(LIMIT);
            assertThat(both).hasSize(2).doesNotHaveDuplicates().doesNotContain(first);
        }
    }

    @Test
    void saysThatThePersonDeclined() throws Exception {
        CompletableFuture<DeviceCodeInfo> shown = new CompletableFuture<>();
        DeviceCodeCredential credential = open(with(DeviceCodeCredential.builder().clientId("device")).timeSource(time)
                .scheduler(pauses).promptCallback(code -> Mono.fromRunnable(() -> shown.complete(code))).build());
        CompletableFuture<AccessToken> token = credential.getToken(REQUEST).toFuture();
        DeviceCodeInfo code = shown.get(20, TimeUnit.SECONDS);
        pauses.begun(FIVE);

        provider.decline(code.userCode());
        time.advance(FIVE);

        assertThat(token).failsWithin(LIMIT).withThrowableThat().havingCause()
                .isInstanceOf(ClientAuthenticationException.class).withMessageContainingAll("declined", "access_denied");
    }

    /** RFC 7636 with the specification's own pair. */
    @Test
    void givesTokensForACodeWithItsVerifier() {
        String redirect = "http://127.0.0.1:5151/";
        String code = provider.authorizationCode(redirect, Map.of("client_id", "browser", "response_type", "code",
                "redirect_uri", redirect, "scope", REQUEST.scopes().get(0) + " openid profile offline_access", "state", "invented",
                "prompt", "consent", "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                "code_challenge_method", "S256"));
        AuthorizationCodeCredential credential = open(with(AuthorizationCodeCredential.builder().clientId("browser"))
                .authorizationCode(code).redirectUri(redirect).codeVerifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").build());

        List<AccessToken> tokens = Flux.range(0, 20).flatMap(i -> credential.getToken(REQUEST)).distinct().collectList()
                .block(LIMIT);

        assertThat(tokens).as("one redemption").hasSize(1);
        another(credential, another(credential, Objects.requireNonNull(tokens).get(0)));
    }
}
