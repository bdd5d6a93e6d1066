package dev.monocred.examples.quickstart;

import dev.monocred.ClientSecretCredential;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.testing.FakeEntra;

/**
 * Gets a token and shows what a credential promises. With {@code AZURE_TENANT_ID}, {@code AZURE_CLIENT_ID} and
 * {@code AZURE_CLIENT_SECRET} it asks Microsoft Entra; without them, a fake in this process.
 */
public final class Quickstart {

    private static final String DEFAULT_SCOPE = "https://vault.azure.net/.default";

    private Quickstart() {}

    /**
     * Runs it.
     *
     * @param args the scope; by default Key Vault's
     */
    public static void main(String[] args) {
        String scope = args.length > 0 ? args[0] : DEFAULT_SCOPE;
        Report report = new Report(System.out);
        report.title("Monocred: Microsoft Entra tokens as Monos");
        String tenant = System.getenv("AZURE_TENANT_ID");
        String client = System.getenv("AZURE_CLIENT_ID");
        String secret = System.getenv("AZURE_CLIENT_SECRET");
        if (tenant != null && client != null && secret != null) {
            real(report, scope, tenant, client, secret);
            return;
        }
        report.text("AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not all set, so this uses FakeEntra,");
        report.text("a server over TLS inside this process. Nothing leaves this machine.");
        try (FakeEntra entra = FakeEntra.start()) {
            new Demonstration(report, entra, scope).run();
        }
        Outage.run(report, scope);
        report.text("");
    }

    private static void real(Report report, String scope, String tenant, String client, String secret) {
        ClientSecretCredential credential = ClientSecretCredential.builder()
                .tenantId(tenant).clientId(client).clientSecret(secret).build();
        try {
            report.token(credential.getToken(scope).block());
        } catch (ClientAuthenticationException refused) {
            report.line("no token", refused.getMessage());
            System.exit(1);
        } finally {
            credential.close().block();
        }
    }
}
