package dev.monocred;

import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** entra.md 3.9 and its number 49. */
// NullAway: javac 17 does not read from class files that an environment may give null. Deprecation: it is what is tested.
@SuppressWarnings({"NullAway", "deprecation"})
class UsernamePasswordCredentialTest {

    private static final String VAULT = "https://vault.azure.net/.default";
    private static final TokenRequestContext REQUEST = TokenRequestContext.of(VAULT);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<UsernamePasswordCredential> opened = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        opened.forEach(credential -> credential.close().block());
        entra.close();
    }

    private UsernamePasswordCredential.Builder builder() {
        return UsernamePasswordCredential.builder().clientId(FakeEntra.CLIENT_ID).username(FakeEntra.USERNAME)
                .password(FakeEntra.PASSWORD).authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .environment(name -> null).timeSource(time).scheduler(time.scheduler());
    }

    private UsernamePasswordCredential open(UsernamePasswordCredential.Builder builder) {
        UsernamePasswordCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    private static AccessToken get(UsernamePasswordCredential credential, TokenRequestContext request) {
        return Objects.requireNonNull(credential.getToken(request).block(LIMIT));
    }

    private static ClientAuthenticationException failure(UsernamePasswordCredential credential) {
        try {
            credential.getToken(REQUEST).block(LIMIT);
        } catch (ClientAuthenticationException failure) {
            return failure;
        }
        throw new AssertionError("it did not fail");
    }

    private List<@Nullable String> grants() {
        return entra.requests().stream().map(request -> request.field("grant_type")).toList();
    }

    @Test
    void sendsNameAndPassword() {
        get(open(builder()), REQUEST.withClaims("{\"a\":{}}"));

        assertThat(entra.requests().get(0).form()).containsExactlyInAnyOrderEntriesOf(Map.of(
                "grant_type", "password", "username", FakeEntra.USERNAME, "password", FakeEntra.PASSWORD,
                "client_id", FakeEntra.CLIENT_ID, "scope", VAULT + " openid profile offline_access", "client_info", "1",
                "claims", "{\"a\":{}}"));
        assertThat(entra.requests().get(0).path()).isEqualTo("/organizations/oauth2/v2.0/token");
    }

    @Test
    void sendsThePasswordOnlyOnceAsLongAsRefreshTokensDo() {
        UsernamePasswordCredential credential = open(builder());

        Flux.just(VAULT, "https://storage.azure.com/.default", "https://management.azure.com/.default")
                .flatMap(scope -> credential.getToken(TokenRequestContext.of(scope))).blockLast(LIMIT);
        time.advance(Duration.ofHours(2));
        get(credential, REQUEST);

        assertThat(grants()).containsExactly("password", "refresh_token", "refresh_token", "refresh_token");
        assertThat(new HashSet<>(entra.requests().stream().map(each -> each.field("refresh_token")).toList())).hasSize(4);
    }

    @Test
    void sendsThePasswordAgainWhenTheRefreshTokenIsRefused() {
        UsernamePasswordCredential credential = open(builder());
        get(credential, REQUEST);
        time.advance(Duration.ofHours(2));

        entra.next(refuses("invalid_grant", 700082, "The refresh token has expired."));
        get(credential, REQUEST);

        assertThat(grants()).containsExactly("password", "refresh_token", "password");
    }

    /** refresher.md, N-9 and fault 5: a few wrong passwords lock the account. */
    @Test
    void isNeverSentAgainWhenTheAnswerIsLost() {
        entra.next(disconnects());

        assertThat(failure(open(builder())).isTransient()).isTrue();
        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void isNeverSentAgainWhenTheServerIsDown() {
        entra.next(isDown(503));

        failure(open(builder()));

        assertThat(entra.tokenRequests()).isEqualTo(1);
    }

    @Test
    void tellsAWrongPasswordFromEverythingElse() {
        ClientAuthenticationException failure = failure(open(builder().password("wrong-password")));

        assertThat(failure).hasMessageStartingWith("UsernamePasswordCredential: ")
                .hasMessageContainingAll("invalid_grant", "AADSTS50126", "invalid username or password")
                .hasMessageNotContaining("wrong-password");
        assertThat(failure.isTransient()).isFalse();
    }

    @Test
    void handsOnThatASecondFactorIsWanted() {
        entra.next(refuses("interaction_required", 50076, "You must use multi-factor authentication."));

        assertThat(Objects.requireNonNull(failure(open(builder())).entraError()).error()).isEqualTo("interaction_required");
    }

    @Test
    void saysWhoThePersonIs() {
        UsernamePasswordCredential credential = open(builder());

        assertThat(Objects.requireNonNull(credential.authenticate(REQUEST).block(LIMIT)).username())
                .isEqualTo(FakeEntra.USERNAME);
        get(credential, REQUEST);
        assertThat(grants()).containsExactly("password");
    }

    @Test
    void warnsOnceWhenItIsBuilt() {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.monocred");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            UsernamePasswordCredential credential = open(builder());
            get(credential, REQUEST);
            get(credential, REQUEST);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).filteredOn(line -> line.getFormattedMessage().contains("deprecated")).hasSize(1);
    }

    @Test
    void namesEverythingThatIsMissingAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> UsernamePasswordCredential.builder().password(" ").build())
                .withMessageContainingAll("UsernamePasswordCredential", "clientId", "username", "password")
                .withMessageNotContaining("tenantId");
    }
}
