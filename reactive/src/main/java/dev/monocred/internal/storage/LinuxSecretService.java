package dev.monocred.internal.storage;

import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.Program;
import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** The Secret Service (GNOME Keyring, KWallet…) through libsecret's {@code secret-tool}. */
record LinuxSecretService(SecretTools tools) implements SecretStore {

    private static final SecretTools.Tool TOOL = new SecretTools.Tool(
            new Program("secret-tool", List.of("secret-tool"), List.of("/usr/bin", "/usr/local/bin"), List.of(), List.of()),
            "Install it (Debian: libsecret-tools) and run inside a desktop session with an unlocked keyring");

    @Override
    public Mono<String> find(String name) {
        return lookup(TOOL, List.of("application", "monocred", "cache", name));
    }

    /** What another program keeps: any entry that has all these attributes. */
    Mono<String> findShared(List<String> attributes) {
        return lookup(TOOL.forShared(), attributes);
    }

    private Mono<String> lookup(SecretTools.Tool tool, List<String> attributes) {
        List<String> arguments = Stream.concat(Stream.of("lookup"), attributes.stream()).toList();
        return tools.run(tool, arguments, "").flatMap(result -> {
            if (result.exitCode() == 0) {
                return Mono.just(result.outputText().strip());
            }
            // It says nothing when there is nothing, and ends with the same status when it cannot look.
            return result.errorText().isBlank() ? Mono.empty() : Mono.error(refused(tool, result));
        });
    }

    @Override
    public Mono<Void> save(String name, String secret) {
        return tools.run(TOOL, List.of("store", "--label=Monocred token cache key: " + name, "application", "monocred",
                        "cache", name), secret)
                .flatMap(result -> result.exitCode() == 0 ? Mono.empty() : Mono.error(refused(TOOL, result)));
    }

    private static StorageFailure refused(SecretTools.Tool tool, ProcessResult result) {
        return tool.failure(SecretTools.complaint(result), null);
    }
}
