package dev.monocred.examples.workloadidentity;

import static dev.monocred.testing.FakeAnswer.answers;

import dev.monocred.AzurePipelinesCredential;
import dev.monocred.BearerTokens;
import dev.monocred.ClientAssertionCredential;
import dev.monocred.ManagedIdentityCredential;
import dev.monocred.WorkloadIdentityCredential;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.FakePipelines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/** The same against fakes: what a pod, a pipeline and a managed identity have is a trust instead of a secret. */
final class Demonstration {

    private static final String OTHER_SCOPE = "https://vault.azure.net/.default";

    private final FakeEntra entra;
    private final String scope;

    private Demonstration(FakeEntra entra, String scope) {
        this.entra = entra;
        this.scope = scope;
    }

    static void run(String scope) throws IOException {
        try (FakeEntra entra = FakeEntra.start()) {
            Demonstration demonstration = new Demonstration(entra, scope);
            demonstration.pod();
            demonstration.pipeline();
            demonstration.federatedManagedIdentity();
        }
    }

    /** In a real pod {@code builder().build()} is enough: the cluster sets the variables. */
    private void pod() throws IOException {
        Path folder = Files.createTempDirectory("monocred-pod");
        Path file = Files.writeString(folder.resolve("azure-identity-token"), entra.federatedAssertion());
        TokenCredential credential = WorkloadIdentityCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).tokenFilePath(file)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();
        show("In a pod", credential, scope);
        Files.move(Files.writeString(folder.resolve("next"), entra.federatedAssertion()), file, StandardCopyOption.ATOMIC_MOVE);
        show("The same pod, after the cluster replaced its token", credential, OTHER_SCOPE);
        credential.close().block();
        Files.delete(file);
        Files.delete(folder);
    }

    private void pipeline() {
        try (FakePipelines pipelines = FakePipelines.start(entra::federatedAssertion)) {
            TokenCredential credential = AzurePipelinesCredential.builder()
                    .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                    .serviceConnectionId(FakePipelines.SERVICE_CONNECTION_ID)
                    .systemAccessToken(FakePipelines.SYSTEM_ACCESS_TOKEN).environment(pipelines.environment())
                    .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();
            show("In a task of Azure Pipelines", credential, scope);
            credential.close().block();
        }
    }

    /** An application that trusts a managed identity: the two lines are {@code identity} and {@code clientAssertion}. */
    private void federatedManagedIdentity() {
        try (FakeImds machine = FakeImds.start()) {
            machine.always(answers(200, tokenThatEntraTrusts()));
            TokenCredential identity = ManagedIdentityCredential.builder().clientId(FakeImds.CLIENT_ID)
                    .environment(machine.environment()).build();
            TokenCredential credential = ClientAssertionCredential.builder()
                    .clientAssertion(BearerTokens.getBearerTokenProvider(identity, "api://AzureADTokenExchange/.default"))
                    .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                    .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();
            show("An application, by the managed identity of its machine", credential, scope);
            credential.close().then(identity.close()).block();
        }
    }

    /** The two fakes do not know each other. */
    private String tokenThatEntraTrusts() {
        return "{\"access_token\":\"" + entra.federatedAssertion() + "\",\"token_type\":\"Bearer\",\"expires_on\":\""
                + Instant.now().plusSeconds(3600).getEpochSecond() + "\"}";
    }

    private static void show(String where, TokenCredential credential, String scope) {
        System.out.println(where + "\n  " + WorkloadIdentity.answer(credential, scope).block());
    }
}
