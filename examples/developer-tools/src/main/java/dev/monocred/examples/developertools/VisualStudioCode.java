package dev.monocred.examples.developertools;

import dev.monocred.VisualStudioCodeCredential;
import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.spi.TokenBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Asks for a token of whoever is signed in to Visual Studio Code, with a broker and without one. The home directory is an
 * invented one and the broker a few lines that stand for native code, so nothing of yours is read.
 */
final class VisualStudioCode {

    private static final String RECORD = """
            {"username": "someone@example.com", "authority": "https://login.microsoftonline.com",
             "homeAccountId": "an-account.a-tenant", "tenantId": "contoso.example",
             "clientId": "aebc6443-996d-45c2-90f0-388ff96faa56", "datetime": "2030-01-01T00:00:00.000Z"}
            """;

    private VisualStudioCode() {}

    static void demonstrate(String scope) throws IOException {
        Path home = Files.createTempDirectory("monocred-example");
        try {
            Path folder = Files.createDirectories(home.resolve(".azure/ms-azuretools.vscode-azureresourcegroups"));
            Files.writeString(folder.resolve("authRecord.json"), RECORD);
            // A real one would hand both to the Web Account Manager or to microsoft-identity-broker.
            TokenBroker broker = (record, request) -> Mono.fromSupplier(() -> {
                System.out.println("the broker is asked for a token of " + record.username() + " in tenant " + request.tenantId());
                return AccessToken.of("an invented token", Instant.now().plus(Duration.ofHours(1)));
            });
            ask("with a broker", builder(home).tokenBroker(broker).build(), scope);
            ask("without one", builder(home).build(), scope);
        } finally {
            delete(home);
        }
    }

    private static VisualStudioCodeCredential.Builder builder(Path home) {
        Function<String, @Nullable String> emptyMachine = name -> name.equals("HOME") || name.equals("USERPROFILE") ? home.toString() : null;
        return VisualStudioCodeCredential.builder().environment(emptyMachine);
    }

    private static void ask(String how, VisualStudioCodeCredential made, String scope) {
        Mono.usingWhen(Mono.just(made), credential -> credential.getToken(scope)
                        .map(token -> "a token that expires at " + token.expiresAt())
                        .onErrorResume(ClientAuthenticationException.class, error -> Mono.justOrEmpty(error.getMessage())),
                VisualStudioCodeCredential::close)
                .doOnNext(answer -> System.out.println("Visual Studio Code, " + how + "\n  " + answer)).block();
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.delete(each);
            }
        }
    }
}
