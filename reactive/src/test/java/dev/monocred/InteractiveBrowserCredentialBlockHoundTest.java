package dev.monocred;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.testing.BlockHoundSetup;
import dev.monocred.testing.FakeBrowser;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeTool;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The contract and the window, watched: no event loop and no parallel thread blocks (promise 1). */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
@Tag("blockhound")
class InteractiveBrowserCredentialBlockHoundTest extends InteractiveBrowserCredentialContractTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }

    private static void withCredential(FakeEntra entra, UnaryOperator<InteractiveBrowserCredential.Builder> own,
            java.util.function.Function<InteractiveBrowserCredential, Mono<?>> use) {
        InteractiveBrowserCredential credential = own.apply(InteractiveBrowserCredential.builder().clientId(FakeEntra.CLIENT_ID)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)).build();
        Mono<Void> used = Mono.defer(() -> use.apply(credential)).subscribeOn(Schedulers.parallel())
                .then(credential.close().subscribeOn(Schedulers.parallel()));
        StepVerifier.create(used).expectComplete().verify(LIMIT);
    }

    @Test
    void aSignInBlocksNobody() {
        try (FakeEntra entra = FakeEntra.start()) {
            FakeBrowser browser = FakeBrowser.of(entra);
            withCredential(entra, builder -> builder.openBrowser(browser), credential -> credential.getToken(SCOPE)
                    .then(credential.getToken("https://storage.azure.com/.default")));
            assertThat(browser.awaitPages(1).get(0).status()).isEqualTo(200);
        }
    }

    @Test
    void aRefusalAndATimeoutBlockNobody() {
        try (FakeEntra entra = FakeEntra.start()) {
            FakeBrowser browser = FakeBrowser.of(entra).cancels();
            withCredential(entra, builder -> builder.openBrowser(browser),
                    credential -> credential.getToken(SCOPE).onErrorComplete());
            assertThat(browser.awaitPages(1).get(0).status()).isEqualTo(403);
            withCredential(entra, builder -> builder.openBrowser(browser.doesNothing()).timeout(Duration.ofMillis(50)),
                    credential -> credential.getToken(SCOPE).onErrorComplete());
        }
    }

    @Test
    void openingByACommandAndLeavingBlockNobody() {
        try (FakeEntra entra = FakeEntra.start(); FakeTool command = FakeTool.named("xdg-open")) {
            withCredential(entra, builder -> builder.environment(
                    name -> name.equals("DISPLAY") ? ":99" : command.environment().apply(name)), credential -> Mono.fromRunnable(() -> {
                        Disposable left = credential.getToken(SCOPE).subscribe();
                        left.dispose();
                    }));
            FakeBrowser browser = FakeBrowser.of(entra);
            withCredential(entra, builder -> builder.openBrowser(address -> Mono.fromRunnable(() -> browser.apply(
                    URI.create(address.toString())).block())), credential -> credential.getToken(SCOPE));
        }
    }
}
