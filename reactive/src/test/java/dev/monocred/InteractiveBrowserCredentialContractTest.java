package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.testing.TokenCredentialContract;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InteractiveBrowserCredentialContractTest implements TokenCredentialContract {

    @Override
    public Subject newSubject() {
        return new BrowserSubject();
    }

    /** The one exception of promise 2: both would redeem the same refresh token, so they take turns. */
    @Override
    @Test
    public void differentScopesDoNotWaitForEachOther() {
        try (Subject subject = newSubject()) {
            CompletableFuture<AccessToken> one = subject.credential().getToken(subject.request()).toFuture();
            CompletableFuture<AccessToken> other = subject.credential().getToken(subject.otherRequest()).toFuture();

            assertThat(one.orTimeout(20, TimeUnit.SECONDS).join()).isNotEqualTo(other.orTimeout(20, TimeUnit.SECONDS).join());
            assertThat(subject.upstreamRequests()).isEqualTo(2);
        }
    }
}
