package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BearerTokensTest {

    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

    private final AtomicInteger asked = new AtomicInteger();
    private final TokenCredential credential = request -> Mono.fromSupplier(
            () -> AccessToken.of(request.scopes().get(0) + " " + asked.incrementAndGet() + " " + request.isCaeEnabled(), LATER));

    @Test
    void givesTheBareTokenAndAsksTheCredentialEachTime() {
        Supplier<Mono<String>> bearer = BearerTokens.getBearerTokenProvider(credential, "scope");
        Mono<String> token = bearer.get();
        assertThat(asked).as("nothing before subscription").hasValue(0);
        StepVerifier.create(token).expectNext("scope 1 false").verifyComplete();
        StepVerifier.create(token).expectNext("scope 2 false").verifyComplete();
        StepVerifier.create(bearer.get()).expectNext("scope 3 false").verifyComplete();
    }

    @Test
    void takesAWholeRequestToo() {
        Supplier<Mono<String>> bearer =
                BearerTokens.getBearerTokenProvider(credential, TokenRequestContext.of("scope").withCaeEnabled(true));
        StepVerifier.create(bearer.get()).expectNext("scope 1 true").verifyComplete();
    }

    @Test
    void failsAsTheCredentialFails() {
        StepVerifier.create(BearerTokens.getBearerTokenProvider(request -> Mono.error(new IllegalStateException("closed")), "s")
                .get()).expectErrorMessage("closed").verify();
    }
}
