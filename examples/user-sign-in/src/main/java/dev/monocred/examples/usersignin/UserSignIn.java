package dev.monocred.examples.usersignin;

import dev.monocred.InteractiveBrowserCredential;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeBrowser;
import dev.monocred.testing.FakeEntra;
import reactor.core.publisher.Mono;

/** Signs somebody in with a browser, then gets another token without it. */
public final class UserSignIn {

    private static final TokenRequestContext MANAGEMENT = TokenRequestContext.of("https://management.azure.com/.default");
    private static final TokenRequestContext VAULT = TokenRequestContext.of("https://vault.azure.net/.default");

    private UserSignIn() {}

    /**
     * Runs it.
     *
     * @param args nothing for a demonstration that stays on this machine; {@code real}, a client id and a tenant for a sign-in
     *     with your own browser
     */
    public static void main(String[] args) {
        if (args.length == 0) {
            demonstrate();
        } else {
            signIn(real(args)).block();
        }
    }

    private static InteractiveBrowserCredential real(String[] args) {
        InteractiveBrowserCredential.Builder builder = InteractiveBrowserCredential.builder();
        if (args.length > 1) {
            builder.clientId(args[1]);
        }
        if (args.length > 2) {
            builder.tenantId(args[2]);
        }
        return builder.build();
    }

    private static void demonstrate() {
        try (FakeEntra entra = FakeEntra.start()) {
            FakeBrowser browser = FakeBrowser.of(entra).signsInAs("someone@example.com");
            signIn(faked(entra, browser)).block();
            System.out.println("Windows opened: " + browser.opened().size() + ". The last page says: "
                    + browser.awaitPages(1).get(0).html().replaceFirst("(?s).*<h1>(.*)</h1>.*", "$1") + ".");
            browser.cancels();
            signIn(faked(entra, browser)).block();
        }
    }

    private static InteractiveBrowserCredential faked(FakeEntra entra, FakeBrowser browser) {
        return InteractiveBrowserCredential.builder().clientId(FakeEntra.CLIENT_ID)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).openBrowser(browser).build();
    }

    private static Mono<Void> signIn(InteractiveBrowserCredential made) {
        return Mono.usingWhen(Mono.just(made), credential -> credential.authenticate(MANAGEMENT)
                .doOnNext(record -> System.out.println(record.username() + " signed in to tenant " + record.tenantId()))
                .then(credential.getToken(VAULT))
                .doOnNext(token -> System.out.println("a token for the vault, without another window: it expires at "
                        + token.expiresAt()))
                .then(), InteractiveBrowserCredential::close)
                .onErrorResume(ClientAuthenticationException.class, error -> Mono.fromRunnable(
                        () -> System.out.println("nobody signed in: " + error.getMessage())));
    }
}
