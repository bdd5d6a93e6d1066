package dev.monocred.internal.entra;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.neverAnswers;
import static dev.monocred.testing.FakeAnswer.refuses;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Where a request goes before it is sent: instance discovery (entra.md 1.6) and regions (1.7). */
class DiscoveryTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("api/.default");

    private final FakeEntra entra = FakeEntra.start();
    private final Authority authority = Authority.parse(entra.authorityHost());
    private final List<EngineFixture> fixtures = new ArrayList<>();

    @AfterEach
    void close() {
        fixtures.forEach(EngineFixture::close);
        entra.close();
    }

    private EngineFixture fixture() {
        EngineFixture fixture = new EngineFixture(entra.httpClient());
        fixtures.add(fixture);
        return fixture;
    }

    private EntraTokenSource source(Authorities authorities) {
        return fixtures.get(fixtures.size() - 1).engine().source(
                new EntraTokenSource.Application("ClientSecretCredential", FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID), authorities,
                SecretAuthentication.of(FakeEntra.CLIENT_SECRET), EntraTokenSource::clientCredentials);
    }

    private EntraTokenSource discovering() {
        return source(fixture().engine().userAuthorities(authority, false));
    }

    private static void acquire(EntraTokenSource source) {
        assertThat(source.acquire(REQUEST).block(Duration.ofSeconds(30))).isNotNull();
    }

    @Test
    void anUnknownHostIsAskedAboutOnceForAllCredentialsOfTheProcess() {
        List<EntraTokenSource> sources = List.of(discovering(), discovering(), discovering());

        Flux.fromIterable(sources).flatMap(source -> source.acquire(REQUEST)).blockLast(Duration.ofSeconds(30));
        sources.forEach(DiscoveryTest::acquire);

        assertThat(entra.discoveryRequests()).isEqualTo(1);
        assertThat(entra.tokenRequests()).isEqualTo(6);
        assertThat(entra.discoveries().get(0).toString())
                .contains("/common/discovery/instance?api-version=1.1&authorization_endpoint=")
                .as("host and port are one identity").contains("localhost%3A" + URI.create(entra.authorityHost()).getPort());
    }

    @Test
    void itCanBeSwitchedOff() {
        acquire(source(fixture().engine().userAuthorities(authority, true)));

        assertThat(entra.discoveryRequests()).isZero();
    }

    @Test
    void aHostThatMicrosoftDoesNotKnowGetsNoSecret() {
        entra.discovery(refuses("invalid_instance", 50049, "Unknown or invalid instance."));
        EntraTokenSource source = discovering();

        ClientAuthenticationException unknown = Failures.of(source.acquire(REQUEST));

        assertThat(unknown).hasMessageStartingWith("ClientSecretCredential: ").hasMessageContaining(authority.host())
                .hasMessageContaining("disableInstanceDiscovery");
        assertThat(unknown.isTransient()).isFalse();
        assertThat(requireNonNull(unknown.entraError()).error()).isEqualTo("invalid_instance");
        assertThat(entra.tokenRequests()).isZero();

        entra.discovery(FakeAnswer.issues());
        acquire(source);
        assertThat(entra.discoveryRequests()).as("a refusal is not remembered").isEqualTo(2);
    }

    static List<FakeAnswer> noAnswers() {
        return List.of(isDown(503), answers(200, "text/html", "<html>"), answers(404, "{}"), neverAnswers());
    }

    @ParameterizedTest
    @MethodSource("noAnswers")
    void noAnswerStopsNobody(FakeAnswer none) {
        entra.discovery(none);
        EntraTokenSource source = discovering();

        acquire(source);
        acquire(source);

        assertThat(entra.tokenRequests()).isEqualTo(2);
        assertThat(entra.discoveryRequests()).as("not asked again at once").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"login.microsoftonline.com", "westeurope.login.microsoft.com", "contoso.ciamlogin.com"})
    void aKnownHostIsNotAskedAbout(String host) {
        Authority known = Authority.parse(host);

        assertThat(fixture().engine().userAuthorities(known, false).resolve("X", "tenant").block(Duration.ofSeconds(5)))
                .isEqualTo(known);
        assertThat(entra.discoveryRequests()).isZero();
    }

    private static Authority located(EngineFixture fixture, URI metadata) {
        return requireNonNull(fixture.engine().regionalAuthorities(Authority.parse("login.microsoftonline.com"), false, metadata)
                .resolve("X", "tenant").block(Duration.ofSeconds(20)));
    }

    private static final URI NOBODY = URI.create("http://127.0.0.1:1/");

    @ParameterizedTest
    @CsvSource({
        "westeurope, , westeurope.login.microsoft.com",
        "TryAutoDetect, West Europe, westeurope.login.microsoft.com",
        "autodiscoverregion, eastus, eastus.login.microsoft.com",
        "true, eastus, eastus.login.microsoft.com",
        "not/a/region, , login.microsoftonline.com",
        "TryAutoDetect, , login.microsoftonline.com",
        ", eastus, login.microsoftonline.com",
    })
    void theRegionIsTheOneSetOrTheOneFound(String set, String regionName, String host) {
        EngineFixture fixture = fixture();
        if (set != null) {
            fixture.environment.put(RegionDiscovery.REGION_VARIABLE, set);
        }
        if (regionName != null) {
            fixture.environment.put("REGION_NAME", regionName);
        }

        assertThat(located(fixture, NOBODY).host()).isEqualTo(host);
    }

    @Test
    void theMetadataServiceIsAskedOnce() throws IOException {
        String body = "{\"location\":\"northeurope\"}";
        try (FaultServer imds = FaultServer.of(FaultServer.sends(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))) {
            EngineFixture fixture = fixture();
            fixture.environment.put(RegionDiscovery.REGION_VARIABLE, "TryAutoDetect");
            fixture.environment.put("HTTPS_PROXY", "http://127.0.0.1:1");
            Authorities authorities = fixture.engine().regionalAuthorities(Authority.parse("login.microsoftonline.com"), false,
                    imds.uri("http"));

            for (int i = 0; i < 2; i++) {
                assertThat(requireNonNull(authorities.resolve("X", "tenant").block(Duration.ofSeconds(20))).host())
                        .isEqualTo("northeurope.login.microsoft.com");
            }
            assertThat(imds.requests()).singleElement().asString().startsWith("GET ").containsIgnoringCase("metadata: true");
        }
    }

    @Test
    void aMetadataServiceThatFailsLeavesTheGlobalAuthority() throws IOException {
        try (FaultServer imds = FaultServer.of(FaultServer.sends("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"))) {
            EngineFixture fixture = fixture();
            fixture.environment.put(RegionDiscovery.REGION_VARIABLE, "TryAutoDetect");

            assertThat(located(fixture, imds.uri("http")).host()).isEqualTo("login.microsoftonline.com");
            assertThat(imds.requests()).hasSize(1);
        }
    }
}
