package dev.monocred.examples.workloadidentity;

import dev.monocred.AzurePipelinesCredential;
import dev.monocred.WorkloadIdentityCredential;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import java.io.IOException;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Gets a token without any secret: in a pod with workload identity, or in a task of Azure Pipelines that has a service
 * connection. Elsewhere it shows both, and a managed identity as the assertion of an application, against fakes.
 */
public final class WorkloadIdentity {

    private static final String DEFAULT_SCOPE = "https://management.azure.com/.default";

    private WorkloadIdentity() {}

    /**
     * Runs it.
     *
     * @param args the scope; by default Azure Resource Manager's
     * @throws IOException if the demonstration cannot write its file
     */
    public static void main(String[] args) throws IOException {
        String scope = args.length > 0 ? args[0] : DEFAULT_SCOPE;
        Map<String, String> variables = System.getenv();
        if (variables.containsKey("AZURE_FEDERATED_TOKEN_FILE")) {
            System.out.println("This pod: " + ask(WorkloadIdentityCredential.builder().build(), scope));
        } else if (variables.containsKey("SYSTEM_OIDCREQUESTURI")) {
            System.out.println("This pipeline: " + ask(pipeline(variables), scope));
        } else {
            System.out.println("This is neither a pod with workload identity nor a pipeline, so this uses fakes in this process.");
            Demonstration.run(scope);
        }
    }

    /** The task AzureCLI sets the ids; its {@code env} must map {@code SYSTEM_ACCESSTOKEN: $(System.AccessToken)}. */
    private static TokenCredential pipeline(Map<String, String> variables) {
        return AzurePipelinesCredential.builder()
                .tenantId(variables.getOrDefault("AZURESUBSCRIPTION_TENANT_ID", ""))
                .clientId(variables.getOrDefault("AZURESUBSCRIPTION_CLIENT_ID", ""))
                .serviceConnectionId(variables.getOrDefault("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", ""))
                .systemAccessToken(variables.getOrDefault("SYSTEM_ACCESSTOKEN", ""))
                .build();
    }

    /** Asks, closes the credential, and says what came: a token's end, or what to do. */
    private static String ask(TokenCredential credential, String scope) {
        return Mono.usingWhen(Mono.just(credential), each -> answer(each, scope), TokenCredential::close).blockOptional().orElseThrow();
    }

    static Mono<String> answer(TokenCredential credential, String scope) {
        return credential.getToken(scope)
                .map(token -> "a token that expires at " + token.expiresAt())
                .onErrorResume(ClientAuthenticationException.class, error -> Mono.just(String.valueOf(error.getMessage())));
    }
}
