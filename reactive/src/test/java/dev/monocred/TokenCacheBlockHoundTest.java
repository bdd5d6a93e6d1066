package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import dev.monocred.testing.FakeEntra;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Promise 1: files, locks and programs that keep keys are never waited for by a thread that must not block. */
@Tag("blockhound")
class TokenCacheBlockHoundTest {

    @TempDir
    private Path home;

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }

    // The compiler of Java 17 does not see, in a class file, that the environment may give null.
    @SuppressWarnings("NullAway")
    private ClientSecretCredential program(FakeEntra entra) {
        Map<String, String> variables = Map.of("HOME", home.toString(), "PATH", home.toString());
        return ClientSecretCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .environment(variables::get)
                .tokenCachePersistence(TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build()).build();
    }

    @Test
    void askingStoringAndClosingNeverBlockAParallelThread() {
        try (FakeEntra entra = FakeEntra.start()) {
            for (int i = 0; i < 2; i++) {
                ClientSecretCredential credential = program(entra);
                Mono<Long> tokens = Flux.range(0, 10)
                        .flatMap(scope -> credential.getToken("https://resource-" + scope + "/.default")
                                .subscribeOn(Schedulers.parallel()), 10)
                        .count();
                StepVerifier.create(tokens).expectNext(10L).expectComplete().verify(Duration.ofSeconds(30));
                StepVerifier.create(credential.close().subscribeOn(Schedulers.parallel())).expectComplete()
                        .verify(Duration.ofSeconds(30));
            }
        }
    }
}
