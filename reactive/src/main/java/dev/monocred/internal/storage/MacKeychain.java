package dev.monocred.internal.storage;

import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.Program;
import java.util.List;
import reactor.core.publisher.Mono;

/** The login keychain of macOS through {@code security}; what is kept goes through its interactive mode, off the command line. */
record MacKeychain(SecretTools tools) implements SecretStore {

    private static final String SERVICE = "dev.monocred.token-cache";
    /** errSecItemNotFound, as the tool's exit status shows it. */
    private static final int NOT_FOUND = 44;
    private static final SecretTools.Tool TOOL = new SecretTools.Tool(
            new Program("security", List.of("security"), List.of("/usr/bin"), List.of(), List.of()),
            "Unlock the login keychain ('security unlock-keychain')");

    @Override
    public Mono<String> find(String name) {
        return lookup(TOOL, SERVICE, name);
    }

    /** What another program keeps. The person may be asked whether we may read it. */
    Mono<String> findShared(String service, String account) {
        return lookup(TOOL.forShared(), service, account);
    }

    private Mono<String> lookup(SecretTools.Tool tool, String service, String account) {
        return tools.run(tool, List.of("find-generic-password", "-s", service, "-a", account, "-w"), "")
                .flatMap(result -> switch (result.exitCode()) {
                    case 0 -> Mono.just(result.outputText().strip());
                    case NOT_FOUND -> Mono.empty();
                    default -> Mono.error(refused(tool, result));
                });
    }

    /** The interactive mode's status tells nothing: reading it back does. */
    @Override
    public Mono<Void> save(String name, String secret) {
        return tools.run(TOOL, List.of("-i"),
                        "add-generic-password -U -s " + SERVICE + " -a \"" + name + "\" -w \"" + secret + "\"\n")
                .flatMap(result -> find(name).filter(secret::equals).switchIfEmpty(Mono.error(() -> refused(TOOL, result))))
                .then();
    }

    private static StorageFailure refused(SecretTools.Tool tool, ProcessResult result) {
        return tool.failure(SecretTools.complaint(result), null);
    }
}
