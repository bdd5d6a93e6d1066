package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.TokenCredentialContract;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AuthorizationCodeCredentialContractTest implements TokenCredentialContract {

    private static final String REDIRECT = "http://localhost:8400";

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(AuthorizationCodeCredential.builder(), AuthorizationCodeCredentialContractTest::own,
                AuthorizationCodeCredential.Builder::build, FakeEntra.CLIENT_SECRET, "invented-code-", "invented-refresh-token-");
    }

    private static AuthorizationCodeCredential.Builder own(FakeEntra entra, AuthorizationCodeCredential.Builder builder) {
        return builder.authorizationCode(entra.authorizationCode(REDIRECT)).redirectUri(REDIRECT)
                .clientSecret(FakeEntra.CLIENT_SECRET);
    }

    /** The exception of promise 2: who would use the same code or refresh token takes turns. */
    @Override
    @Test
    public void differentScopesDoNotWaitForEachOther() {
        try (Subject subject = newSubject()) {
            subject.holdAnswers();
            CompletableFuture<?> one = subject.credential().getToken(subject.request()).toFuture();
            CompletableFuture<?> other = subject.credential().getToken(subject.otherRequest()).toFuture();
            subject.releaseAnswers();
            assertThat(one.thenCombine(other, (a, b) -> a.equals(b)).orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
                    .isFalse();
            assertThat(subject.upstreamRequests()).isEqualTo(2);
        }
    }

    /** What failed is a code that was sent, so there is nothing left to ask with. */
    @Override
    @Test
    public void aFailureIsNotCachedForEver() {
        try (Subject subject = newSubject()) {
            subject.refuseNext();
            subject.credential().getToken(subject.request()).onErrorComplete().block();
            subject.time().advance(Duration.ofMinutes(10));
            assertThatExceptionOfType(AuthenticationRequiredException.class)
                    .isThrownBy(() -> subject.credential().getToken(subject.request()).block());
            assertThat(subject.upstreamRequests()).isEqualTo(1);
        }
    }
}
