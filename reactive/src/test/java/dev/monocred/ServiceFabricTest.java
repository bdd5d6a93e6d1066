package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.neverAnswers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeServiceFabric;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedHostRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Managed identity in Service Fabric. The numbers are those of the checklist in platform.md 19. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class ServiceFabricTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_THUMBPRINT = "0123456789012345678901234567890123456789";

    private final FakeServiceFabric fabric = FakeServiceFabric.start();

    private final Set<ManagedIdentityCredential> used = new HashSet<>();

    @AfterEach
    void stop() {
        used.forEach(credential -> credential.close().block());
        fabric.close();
    }

    private ManagedIdentityCredential.Builder builder() {
        return ManagedIdentityCredential.builder().environment(fabric.environment());
    }

    private ManagedIdentityCredential.Builder with(String name, String value) {
        Map<String, String> variables = new HashMap<>(Map.of(name, value));
        return ManagedIdentityCredential.builder()
                .environment(asked -> variables.containsKey(asked) ? variables.get(asked) : fabric.environment().apply(asked));
    }

    private AccessToken get(ManagedIdentityCredential credential, TokenRequestContext request) {
        used.add(credential);
        return credential.getToken(request).blockOptional().orElseThrow();
    }

    private AccessToken get(ManagedIdentityCredential.Builder builder) {
        return get(builder.build(), TokenRequestContext.of(SCOPE));
    }

    private ClientAuthenticationException failure(ManagedIdentityCredential.Builder builder) {
        ManagedIdentityCredential credential = builder.build();
        used.add(credential);
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class,
                () -> credential.getToken(SCOPE).block()), "it did not fail");
    }

    @Test
    void sendsExactlyThis() { // 54
        get(builder());
        assertThat(fabric.requests()).extracting(RecordedHostRequest::transcript).containsExactly("""
                GET /metadata/identity/oauth2/token?api-version=2019-07-01-preview&resource=https%3A%2F%2Fvault.azure.net
                accept: */*
                secret: 912e4af7-0000-4000-8000-0000000000bb

                """);
    }

    @Test
    void trustsTheOneCertificateHoweverItsThumbprintIsWritten() { // 55: self-signed, of another host
        String digits = fabric.thumbprint();
        get(with("IDENTITY_SERVER_THUMBPRINT", digits.toLowerCase(Locale.ROOT)));
        get(with("IDENTITY_SERVER_THUMBPRINT", digits.replaceAll("(..)(?=.)", "$1:")));
        get(with("IDENTITY_SERVER_THUMBPRINT", " " + digits.replaceAll("(.{8})", "$1 ")));
        assertThat(fabric.requests()).hasSize(3);
    }

    @Test
    void sendsNothingToAnotherCertificate() { // 56
        assertThat(failure(with("IDENTITY_SERVER_THUMBPRINT", OTHER_THUMBPRINT)))
                .isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageContainingAll("certificate", "IDENTITY_SERVER_THUMBPRINT", "nothing was sent");
        assertThat(fabric.requests()).isEmpty();
    }

    @Test
    void trustsNoCertificateThatOnlyTheApplicationTrusts() { // 81
        try (FakeEntra trusted = FakeEntra.start()) {
            ManagedIdentityCredential.Builder builder = with("IDENTITY_ENDPOINT", trusted.authorityHost() + "/msi/token")
                    .httpClient(trusted.httpClient());
            assertThat(failure(builder)).hasMessageContaining("nothing was sent");
        }
    }

    @Test
    void hasOurTimeLimits() { // 81
        ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
        try (FakeServiceFabric hanging = FakeServiceFabric.start(time).next(neverAnswers())) {
            ManagedIdentityCredential credential = ManagedIdentityCredential.builder().environment(hanging.environment())
                    .timeSource(time).scheduler(time.scheduler()).build();
            used.add(credential);
            CompletableFuture<AccessToken> future = credential.getToken(SCOPE).toFuture();
            hanging.awaitRequests(1);
            time.advance(Duration.ofSeconds(10));
            time.advance(Duration.ofSeconds(1));
            assertThat(future).succeedsWithin(Duration.ofSeconds(20));
            assertThat(hanging.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"012345678901234567890123456789012345678", "x123456789012345678901234567890123456789", "sha1"})
    void refusesAThumbprintThatIsNone(String thumbprint) { // 56
        assertThat(failure(with("IDENTITY_SERVER_THUMBPRINT", thumbprint))).isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageContaining("IDENTITY_SERVER_THUMBPRINT");
        assertThat(fabric.requests()).isEmpty();
    }

    @Test
    void refusesAnEndpointThatIsNotHttps() { // 56
        assertThat(failure(with("IDENTITY_ENDPOINT", "http://localhost:1/a"))).hasMessageContainingAll("IDENTITY_ENDPOINT", "https");
    }

    @Test
    void followsNoRedirect() { // 57
        fabric.next(answers(302, "{}").withHeader("Location", "/metadata/identity/oauth2/token"));
        assertThat(failure(builder())).hasMessageContaining("302");
        assertThat(fabric.requests()).hasSize(1);
    }

    @Test
    void isUnavailableForAnyId() { // 58
        assertThat(failure(builder().clientId("a"))).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageContainingAll("Service Fabric", "clientId", "cluster");
        assertThat(failure(builder().objectId("a"))).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageContaining("objectId");
        assertThat(failure(builder().resourceId("a"))).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageContaining("resourceId");
        assertThat(fabric.requests()).isEmpty();
    }

    @Test
    void doesNotRepeatAnUnknownIdentity() { // 59
        assertThat(failure(with("IDENTITY_HEADER", "another secret"))).isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageContainingAll("404", "ManagedIdentityNotFound", "Correlation id: 7f30f4d3")
                .hasMessageNotContaining("another secret");
        assertThat(fabric.requests()).hasSize(1);
    }

    @Test
    void namesTheRefusedTokenByItsHash() throws NoSuchAlgorithmException { // 60
        ManagedIdentityCredential credential = builder().build();
        TokenRequestContext request = TokenRequestContext.of(SCOPE).withCaeEnabled(true);
        TokenRequestContext challenged = request.withClaims("{\"access_token\":{}}");
        AccessToken first = get(credential, challenged);
        get(credential, challenged.withClaims("{\"access_token\":{\"nbf\":{}}}"));
        get(credential, TokenRequestContext.of(SCOPE));
        get(credential, TokenRequestContext.of(SCOPE).withClaims("{\"id_token\":{}}"));
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(first.token().getBytes(UTF_8)));
        assertThat(fabric.requests()).extracting(each -> each.target().replaceFirst(".*vault.azure.net", "")).containsExactly(
                "&xms_cc=cp1", "&xms_cc=cp1&token_sha256_to_refresh=" + hash, "", "");
    }
}
