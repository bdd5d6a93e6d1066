package dev.monocred.examples.developertools;

import dev.monocred.AzureCliCredential;
import dev.monocred.AzureDeveloperCliCredential;
import dev.monocred.AzurePowerShellCredential;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks each developer tool for a token, all at once, and says what came back: a token's end, or what to do. */
public final class DeveloperTools {

    private static final String DEFAULT_SCOPE = "https://management.azure.com/.default";

    private DeveloperTools() {}

    /**
     * Runs it.
     *
     * @param args the scope; by default Azure Resource Manager's; or {@code vscode} for a demonstration without any tool
     * @throws IOException if that finds no place for temporary files
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("vscode")) {
            VisualStudioCode.demonstrate(DEFAULT_SCOPE);
            return;
        }
        String scope = args.length > 0 ? args[0] : DEFAULT_SCOPE;
        Map<String, TokenCredential> tools = new LinkedHashMap<>();
        tools.put("Azure CLI", AzureCliCredential.builder().build());
        tools.put("Azure Developer CLI", AzureDeveloperCliCredential.builder().build());
        tools.put("Azure PowerShell", AzurePowerShellCredential.builder().build());
        Flux.fromIterable(tools.entrySet())
                .flatMapSequential(tool -> ask(tool.getValue(), scope).map(answer -> tool.getKey() + "\n  " + answer))
                .doOnNext(System.out::println)
                .then(Flux.fromIterable(tools.values()).flatMap(TokenCredential::close).then())
                .block();
    }

    private static Mono<String> ask(TokenCredential tool, String scope) {
        return tool.getToken(scope)
                .map(token -> "a token that expires at " + token.expiresAt())
                .onErrorResume(ClientAuthenticationException.class, error -> Mono.justOrEmpty(error.getMessage()));
    }
}
