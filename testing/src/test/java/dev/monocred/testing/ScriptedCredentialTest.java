package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.AccessToken;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ScriptedCredentialTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualTime time = ManualTime.startingAt(START);

    @Test
    void takesOneStepForEachSubscriptionAndRepeatsTheLast() {
        ScriptedCredential credential = ScriptedCredential.issues("first")
                .thenFails(new CredentialUnavailableException("not here")).thenIssues("second");
        Mono<AccessToken> stored = credential.getToken(REQUEST);

        assertThat(token(stored)).isEqualTo("first");
        assertThatThrownBy(stored::block).isInstanceOf(CredentialUnavailableException.class).hasMessage("not here");
        assertThat(token(stored)).isEqualTo("second");
        assertThat(token(stored)).isEqualTo("second");
    }

    @Test
    void goesOnWithStepsThatAreAddedWhileItRepeats() {
        ScriptedCredential credential = ScriptedCredential.issues("old");
        for (int i = 0; i < 3; i++) {
            assertThat(token(credential.getToken(REQUEST))).isEqualTo("old");
        }

        credential.thenIssues("new").thenIssues("newest");

        assertThat(token(credential.getToken(REQUEST))).isEqualTo("new");
        assertThat(token(credential.getToken(REQUEST))).isEqualTo("newest");
    }

    @Test
    void doesNothingBeforeSubscription() {
        ScriptedCredential credential = ScriptedCredential.issues("first").thenIssues("second");
        credential.getToken(REQUEST);
        credential.close();

        assertThat(credential.tokenRequests()).isZero();
        assertThat(credential.isClosed()).isFalse();
        assertThat(token(credential.getToken(REQUEST))).isEqualTo("first");
    }

    @Test
    void remembersRequests() {
        ScriptedCredential credential = ScriptedCredential.issues("token");
        TokenRequestContext other = REQUEST.withTenantId("contoso.example").withClaims("{}");
        token(credential.getToken(REQUEST));
        token(credential.getToken(other));

        assertThat(credential.requests()).containsExactly(REQUEST, other);
        assertThat(credential.tokenRequests()).isEqualTo(2);
    }

    @Test
    void tokensLiveAnHourFromTheRequestOnAManualClock() {
        ScriptedCredential credential = ScriptedCredential.issues("token").on(time);
        time.advance(Duration.ofMinutes(5));

        AccessToken token = Objects.requireNonNull(credential.getToken(REQUEST).block());

        assertThat(token.expiresAt()).isEqualTo(START.plus(Duration.ofMinutes(65)));
    }

    @Test
    void issuesAGivenTokenAsItIs() {
        AccessToken token = AccessToken.of("token", START).withRefreshAt(START.minusSeconds(1)).withTokenType("pop");

        assertThat(ScriptedCredential.issues(token).getToken(REQUEST).block()).isSameAs(token);
    }

    @Test
    void delaysByTheManualClock() {
        ScriptedCredential credential = ScriptedCredential.issues("late").delays(Duration.ofSeconds(3)).thenIssues("prompt").on(time);
        CompletableFuture<AccessToken> late = credential.getToken(REQUEST).toFuture();

        assertThat(token(credential.getToken(REQUEST))).isEqualTo("prompt");
        time.advance(Duration.ofMillis(2999));
        assertThat(late).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(late).isCompletedWithValueMatching(token -> token.token().equals("late"));
    }

    @Test
    void refusesRequestsWithoutScopesAsEveryCredential() {
        ScriptedCredential credential = ScriptedCredential.issues("token");

        assertThatThrownBy(() -> credential.getToken().block()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> credential.getToken(" ").block()).isInstanceOf(IllegalArgumentException.class);
        assertThat(credential.tokenRequests()).isZero();
    }

    @Test
    void failsOnceClosedAndFreesWhoeverWaits() {
        ScriptedCredential credential = ScriptedCredential.neverAnswers();
        List<Throwable> errors = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            credential.getToken(REQUEST).subscribe(token -> { }, errors::add);
        }

        credential.close().block();
        credential.close().block();

        assertThat(credential.isClosed()).isTrue();
        assertThat(errors).hasSize(2).hasOnlyElementsOfType(IllegalStateException.class);
        assertThat(errors.get(0)).as("each its own").isNotSameAs(errors.get(1));
        assertThatThrownBy(() -> credential.getToken(REQUEST).block()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void showsNoTokenWhenPrinted() {
        assertThat(ScriptedCredential.issues("planted").toString()).doesNotContain("planted");
    }

    @Test
    void aDayOfRefreshesTakesNoTime() {
        ScriptedCredential credential = ScriptedCredential.issues("token").delays(Duration.ofSeconds(1)).on(time);
        List<Instant> ends = new ArrayList<>();
        refreshForEver(credential, ends).take(Duration.ofHours(24), time.scheduler()).subscribe();

        time.advance(Duration.ofHours(25));

        assertThat(ends).hasSize(24);
        assertThat(credential.tokenRequests()).isEqualTo(24);
    }

    /** What a user's own code may look like: a new token as soon as the old one ends. */
    private Mono<Void> refreshForEver(TokenCredential credential, List<Instant> ends) {
        return credential.getToken(REQUEST)
                .doOnNext(token -> ends.add(token.expiresAt()))
                .delayUntil(token -> Mono.delay(Duration.between(time.now(), token.expiresAt()), time.scheduler()))
                .repeat().then();
    }

    private static String token(Mono<AccessToken> token) {
        return Objects.requireNonNull(token.block(Duration.ofSeconds(10))).token();
    }
}
