package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedHostRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A managed identity as the assertion of an application that trusts it: platform.md 16, checklist 73. */
class FederatedManagedIdentityTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_SCOPE = "https://storage.azure.com/.default";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final FakeImds imds = FakeImds.start(time);
    private final TokenCredential identity = identity();
    private final TokenCredential application = application();

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private TokenCredential identity() {
        return ManagedIdentityCredential.builder().clientId(FakeImds.CLIENT_ID).environment(imds.environment())
                .timeSource(time).scheduler(time.scheduler()).build();
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private TokenCredential application() {
        return ClientAssertionCredential.builder().tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .clientAssertion(BearerTokens.getBearerTokenProvider(identity, "api://AzureADTokenExchange/.default"))
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(time.scheduler()).build();
    }

    @AfterEach
    void stop() {
        application.close().block();
        identity.close().block();
        imds.close();
        entra.close();
    }

    /** What the identity gets is a token that Entra trusts. */
    private String identityGets() {
        String token = entra.federatedAssertion();
        imds.always(answers(200, "{\"access_token\":\"" + token + "\",\"expires_on\":\""
                + time.now().plus(Duration.ofHours(1)).getEpochSecond() + "\",\"token_type\":\"Bearer\"}"));
        return token;
    }

    private ClientAuthenticationException failure() {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class,
                () -> application.getToken(SCOPE).block()), "it did not fail");
    }

    /** Checklist 73. */
    @Test
    void itsTokenForTheExchangeIsTheAssertion() {
        String token = identityGets();
        assertThat(application.getToken(SCOPE).blockOptional().orElseThrow().token()).isNotBlank().isNotEqualTo(token);
        assertThat(imds.requests()).extracting(RecordedHostRequest::target).containsExactly(
                "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2FAzureADTokenExchange&client_id="
                        + FakeImds.CLIENT_ID);
        assertThat(entra.requests()).singleElement().satisfies(request -> {
            assertThat(request.field("client_id")).isEqualTo(FakeEntra.CLIENT_ID);
            assertThat(request.field("client_assertion")).isEqualTo(token);
            assertThat(request.field("scope")).isEqualTo(SCOPE);
        });
    }

    /** 16: the identity's own cache serves as many tokens of the application as there are. */
    @Test
    void oneTokenOfTheIdentityServesManyOfTheApplication() {
        identityGets();
        application.getToken(SCOPE).block();
        application.getToken(OTHER_SCOPE).block();
        assertThat(imds.requests()).hasSize(1);
        assertThat(entra.tokenRequests()).isEqualTo(2);
    }

    /** 16: it is asked for again, and sent again only if it is another one: the identity's cache may know no better. */
    @Test
    void oneThatIsOutOfDateForEntraIsNotSentTwice() {
        String token = identityGets();
        entra.next(refuses("invalid_client", 700024, "Client assertion is not within its valid time range."));
        assertThat(failure()).hasMessageContaining("AADSTS700024");
        assertThat(entra.requests()).extracting(request -> request.field("client_assertion")).containsExactly(token);
    }

    /** 16: errors of the first step stay what they are, so that a chain goes on. */
    @Test
    void anIdentityThatIsNotThereMakesTheApplicationUnavailable() {
        imds.always(answers(400, "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}"));
        assertThat(failure()).isInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("ClientAssertionCredential is unavailable: there is no client assertion."
                        + " ManagedIdentityCredential is unavailable: ")
                .hasMessageContaining("Identity not found");
        assertThat(entra.tokenRequests()).isZero();
    }

    @Test
    void anIdentityThatIsRefusedStopsAChain() {
        imds.always(answers(401, "{\"error\":\"unknown_source\"}"));
        assertThat(failure()).isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageStartingWith("ClientAssertionCredential: there is no client assertion. ManagedIdentityCredential: ");
    }
}
