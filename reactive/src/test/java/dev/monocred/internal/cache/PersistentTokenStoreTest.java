package dev.monocred.internal.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.cache.CachedResponse;
import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.cache.TokenCacheJson;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class PersistentTokenStoreTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualTime time = ManualTime.startingAt(START);
    private final SharedBytes shared = new SharedBytes();

    private PersistentTokenStore process() {
        return new PersistentTokenStore("TestCredential", shared, time);
    }

    private static UnaryOperator<TokenCacheDocument> signIn(String user, String refreshToken) {
        return document -> document.with(response(user, refreshToken).entries());
    }

    private static CachedResponse response(String user, String refreshToken) {
        return new CachedResponse("login.microsoftonline.com", "33333333-3333-3333-3333-333333333333", user, "organizations",
                List.of("https://vault.azure.net/.default"), "",
                new TokenResponse(AccessToken.of("access of " + user, START.plusSeconds(3600)), refreshToken, null, null, null, null), START);
    }

    private static List<String> refreshTokens(TokenStore store, String user) {
        TokenCacheDocument document = store.read().block();
        assertThat(document).isNotNull();
        return document.refreshTokens(owner(user)).stream().map(each -> each.secret()).toList();
    }

    private static Owner owner(String user) {
        return new Owner("login.microsoftonline.com", "33333333-3333-3333-3333-333333333333", user, "");
    }

    @Test
    void anotherProcessSeesWhatOneRemembers() {
        PersistentTokenStore one = process();
        PersistentTokenStore other = process();
        assertThat(refreshTokens(other, "ada.t")).isEmpty();

        one.update(signIn("ada.t", "r1")).block();

        assertThat(refreshTokens(other, "ada.t")).containsExactly("r1");
    }

    @Test
    void whatIsUnchangedIsNotReadAgain() {
        PersistentTokenStore one = process();
        process().update(signIn("ada.t", "r1")).block();

        for (int i = 0; i < 5; i++) {
            assertThat(refreshTokens(one, "ada.t")).containsExactly("r1");
        }

        assertThat(shared.reads).hasValue(1);
    }

    @Test
    void whatTwoProcessesRememberIsAllThere() {
        PersistentTokenStore one = process();
        PersistentTokenStore other = process();
        one.read().block();
        other.read().block();

        one.update(signIn("ada.t", "r1")).block();
        other.update(signIn("grace.t", "r2")).block();

        assertThat(refreshTokens(one, "grace.t")).containsExactly("r2");
        assertThat(refreshTokens(other, "ada.t")).containsExactly("r1");
    }

    @Test
    void whatAnotherProcessRemovedStaysAway() {
        PersistentTokenStore one = process();
        PersistentTokenStore other = process();
        one.update(signIn("ada.t", "r1")).block();
        other.update(document -> document.withoutRefreshToken("r1")).block();

        one.update(signIn("grace.t", "r2")).block();

        assertThat(refreshTokens(one, "ada.t")).isEmpty();
        assertThat(refreshTokens(process(), "ada.t")).isEmpty();
    }

    @Test
    void aRefreshTokenThatAnotherProcessRotatedIsTheOneThatIsUsed() {
        PersistentTokenStore one = process();
        one.update(signIn("ada.t", "r1")).block();
        process().update(document -> document.withRotated("r1", "r2")).block();

        assertThat(refreshTokens(one, "ada.t")).containsExactly("r2");
    }

    @Test
    void aStoreThatFailsCostsNothingButTheMemoryAfterTheRestart() {
        PersistentTokenStore one = process();
        shared.failure = new IllegalStateException("disk full");

        one.update(signIn("ada.t", "r1")).block();
        assertThat(refreshTokens(one, "ada.t")).as("in memory").containsExactly("r1");

        shared.failure = null;
        assertThat(refreshTokens(one, "ada.t")).as("after a look at the store").containsExactly("r1");
        one.update(signIn("grace.t", "r2")).block();
        assertThat(refreshTokens(process(), "ada.t")).as("stored with the next change").containsExactly("r1");
    }

    @Test
    void aWriteThatFailedIsNotTakenForAnothersRemoval() {
        PersistentTokenStore one = process();
        one.update(signIn("ada.t", "r1")).block();
        shared.failure = new IllegalStateException("disk full");
        one.update(signIn("grace.t", "r2")).block();
        shared.failure = null;
        process().update(signIn("joan.t", "r3")).block();

        assertThat(refreshTokens(one, "grace.t")).containsExactly("r2");
        assertThat(refreshTokens(one, "joan.t")).containsExactly("r3");
    }

    @Test
    void anEndedAccessTokenIsNotKept() {
        PersistentTokenStore one = process();
        one.update(signIn("ada.t", "r1")).block();
        time.advance(Duration.ofHours(2));

        one.update(document -> document.withRotated("r1", "r2")).block();

        assertThat(String.valueOf(one.read().map(document -> new String(
                TokenCacheJson.write(document), UTF_8)).block()))
                .contains("r2").doesNotContain("access of ada");
    }

    @Test
    void contentThatIsNoDocumentCountsAsEmpty() {
        shared.write("not JSON".getBytes(UTF_8)).block();

        assertThat(refreshTokens(process(), "ada.t")).isEmpty();
    }

    @Test
    void nothingIsReadBeforeSubscription() {
        Mono<TokenCacheDocument> read = process().read();

        assertThat(shared.reads).hasValue(0);
        read.block();
        assertThat(shared.reads).hasValue(1);
    }
}
