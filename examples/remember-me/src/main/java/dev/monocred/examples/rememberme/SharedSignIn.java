package dev.monocred.examples.rememberme;

import dev.monocred.DeviceCodeCredential;
import dev.monocred.SharedTokenCacheCredential;
import dev.monocred.TokenCachePersistenceOptions;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** Two programs of one person: somebody signs in to the first, and the second finds that in the cache of the usual name. */
final class SharedSignIn {

    private static final String VAULT = "https://vault.azure.net/.default";

    private SharedSignIn() {}

    // "deprecation": that one program uses another's sign-in is what is shown. "NullAway": on JDK 17 it does not see in a class
    // file that the environment may give null.
    @SuppressWarnings({"deprecation", "NullAway"})
    static void demonstrate() throws IOException {
        Path home = Files.createTempDirectory("shared-sign-in");
        // No keyring is found through these variables, so the tokens of this demonstration lie there as they are.
        Map<String, String> variables = Map.of("HOME", home.toString());
        try (FakeEntra entra = FakeEntra.start()) {
            System.out.println("One program: " + ask(DeviceCodeCredential.builder().clientId(FakeEntra.CLIENT_ID)
                    .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(variables::get)
                    .tokenCachePersistence(TokenCachePersistenceOptions.builder().allowUnencryptedStorage(true).build()).build()));
            System.out.println("Another one: " + ask(SharedTokenCacheCredential.builder().clientId(FakeEntra.CLIENT_ID)
                    .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(variables::get).build()));
        } finally {
            delete(home);
        }
    }

    private static String ask(TokenCredential credential) {
        return Mono.usingWhen(Mono.just(credential), each -> each.getToken(VAULT)
                .map(token -> "a token that expires at " + token.expiresAt()), TokenCredential::close).blockOptional().orElseThrow();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.delete(each);
            }
        }
    }
}
