package dev.monocred.examples.rememberme;

import dev.monocred.DeviceCodeCredential;
import dev.monocred.TokenCachePersistenceOptions;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/** Signs a person in once; every later run gets its token without asking, as long as a refresh token lives. */
public final class RememberMe {

    private static final TokenRequestContext VAULT = TokenRequestContext.of("https://vault.azure.net/.default");

    private RememberMe() {}

    /**
     * Runs it.
     *
     * @param args nothing for a demonstration that stays on this machine; a file to note who signed in for a real sign-in: run
     *     it twice
     * @throws IOException if that file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            demonstrate();
            SharedSignIn.demonstrate();
        } else {
            run(Path.of(args[0]), DeviceCodeCredential.builder()
                    .tokenCachePersistence(TokenCachePersistenceOptions.builder().name("remember-me").build()));
        }
    }

    /** The program: what it keeps for itself is who signed in; the tokens are in the cache. */
    private static void run(Path record, DeviceCodeCredential.Builder builder) throws IOException {
        boolean isKnown = Files.exists(record);
        if (isKnown) {
            builder.authenticationRecord(AuthenticationRecord.deserialize(Files.readString(record)));
        }
        DeviceCodeCredential credential = builder.build();
        try {
            if (!isKnown) {
                Files.writeString(record, credential.authenticate(VAULT).blockOptional().orElseThrow().serialize());
            }
            System.out.println(credential.getToken(VAULT).map(token -> "a token that expires at " + token.expiresAt())
                    .onErrorResume(ClientAuthenticationException.class, error -> Mono.just(String.valueOf(error.getMessage())))
                    .block());
        } finally {
            credential.close().block();
        }
    }

    /** Each run has a credential of its own, which knows nothing but what was kept: as after a restart. */
    private static void demonstrate() throws IOException {
        Path folder = Files.createTempDirectory("remember-me");
        Path record = folder.resolve("who-signed-in.json");
        try (FakeEntra entra = FakeEntra.start()) {
            for (String run : new String[] {"first", "second"}) {
                System.out.println("The " + run + " run:");
                run(record, DeviceCodeCredential.builder().clientId(FakeEntra.CLIENT_ID)
                        .authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                        .tokenCachePersistence(TokenCachePersistenceOptions.builder().store(OwnStore::new).build()));
            }
            System.out.println("People asked: " + entra.devices().requests().size());
        } finally {
            Files.deleteIfExists(record);
            Files.delete(folder);
        }
    }
}
