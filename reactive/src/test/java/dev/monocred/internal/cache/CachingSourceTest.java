package dev.monocred.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class CachingSourceTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final SharedBytes plain = new SharedBytes();
    private final SharedBytes cae = new SharedBytes();
    private final AtomicInteger asked = new AtomicInteger();

    /** Another process: nothing in its memory, the same stores. */
    private TokenSource process(String tenant, String client) {
        TokenStores stores = TokenStores.persistent("TestCredential", name -> name.endsWith(".cae") ? cae : plain, "test", time);
        TokenPlace place = new TokenPlace(() -> new Owner("login.microsoftonline.com", client, "", ""), tenant);
        TokenSource wire = request -> Mono.fromSupplier(() ->
                AccessToken.of("token " + asked.incrementAndGet(), time.now().plusSeconds(3600)));
        return new CachingSource(stores, place, time, new StoringSource(stores, place, time, wire));
    }

    private TokenSource process() {
        return process("t1", "c1");
    }

    private static String token(TokenSource source, TokenRequestContext request) {
        AccessToken token = source.acquire(request).block();
        assertThat(token).isNotNull();
        return token.token();
    }

    @Test
    void anotherProcessNeedsNoRequest() {
        assertThat(token(process(), REQUEST)).isEqualTo("token 1");
        assertThat(token(process(), REQUEST)).isEqualTo("token 1");
        assertThat(asked).hasValue(1);
    }

    @Test
    void whoAsksAgainDoesNotGetTheSameTokenAgain() {
        TokenSource one = process();
        assertThat(token(one, REQUEST)).isEqualTo("token 1");

        assertThat(token(one, REQUEST)).as("it is asked because that one did not do").isEqualTo("token 2");
        assertThat(token(process(), REQUEST)).isEqualTo("token 2");
    }

    @Test
    void aNewerTokenOfAnotherProcessDoes() {
        TokenSource one = process();
        TokenSource other = process();
        token(one, REQUEST);
        token(other, REQUEST);
        assertThat(token(other, REQUEST)).isEqualTo("token 2");

        assertThat(token(one, REQUEST)).isEqualTo("token 2");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aTokenWithLessThanFiveMinutesIsNotGivenOut() {
        token(process(), REQUEST);
        time.advance(Duration.ofMinutes(56));

        assertThat(token(process(), REQUEST)).isEqualTo("token 2");
    }

    @Test
    void claimsAreForTheServerAndTheirTokenIsKept() {
        token(process(), REQUEST);

        assertThat(token(process(), REQUEST.withClaims("{\"access_token\":{}}"))).isEqualTo("token 2");
        assertThat(token(process(), REQUEST)).isEqualTo("token 2");
    }

    @Test
    void tenantsApplicationsScopesAndModesDoNotMix() {
        token(process(), REQUEST);

        assertThat(token(process("t2", "c1"), REQUEST)).isEqualTo("token 2");
        assertThat(token(process("t1", "c2"), REQUEST)).isEqualTo("token 3");
        assertThat(token(process(), TokenRequestContext.of("https://graph.microsoft.com/.default"))).isEqualTo("token 4");
        assertThat(token(process(), REQUEST.withCaeEnabled(true))).isEqualTo("token 5");
        assertThat(token(process(), REQUEST.withTenantId("t2"))).as("the same as the other application's own").isEqualTo("token 2");
        assertThat(asked).hasValue(5);
    }

    @Test
    void nothingHappensBeforeSubscription() {
        process().acquire(REQUEST);

        assertThat(asked).hasValue(0);
        assertThat(plain.reads).hasValue(0);
    }
}
