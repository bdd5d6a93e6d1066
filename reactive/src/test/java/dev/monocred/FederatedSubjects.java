package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.refuses;

import dev.monocred.core.TokenCredential;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.scheduler.Scheduler;

/** The ways to a token that take more than Entra and a file. Delays run on a scheduler of the caller's choice. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
final class FederatedSubjects {

    private static final String NAME = "0123abcd.ests.aks";
    private static final Duration DAY = Duration.ofDays(1);

    private FederatedSubjects() {}

    /** Through the token proxy of a cluster, whose authority is in a file. */
    static Subject identityBindings(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeEntra entra = FakeEntra.start(time);
        ClusterProxy proxy = new ClusterProxy(entra, NAME);
        Path token = file(entra.federatedAssertion(DAY));
        Path authority = file(proxy.authorityPem());
        Map<String, String> variables = Map.of("AZURE_KUBERNETES_TOKEN_PROXY", proxy.url(), "AZURE_KUBERNETES_SNI_NAME", NAME,
                "AZURE_KUBERNETES_CA_FILE", authority.toString());
        TokenCredential credential = WorkloadIdentityCredential.builder().tenantId(FakeEntra.TENANT_ID)
                .clientId(FakeEntra.CLIENT_ID).tokenFilePath(token).enableAzureProxy(true).environment(variables::get)
                .timeSource(time).scheduler(timer.apply(time)).build();
        return subject(time, entra, credential, () -> {
            proxy.close();
            delete(token, authority);
        });
    }

    /** A managed identity in a pod that has its own. */
    static Subject managedIdentityInAPod(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeEntra entra = FakeEntra.start(time);
        Path token = file(entra.federatedAssertion(DAY));
        Map<String, String> variables = Map.of("AZURE_TENANT_ID", FakeEntra.TENANT_ID, "AZURE_CLIENT_ID", FakeEntra.CLIENT_ID,
                "AZURE_FEDERATED_TOKEN_FILE", token.toString(), "AZURE_AUTHORITY_HOST", entra.authorityHost());
        TokenCredential credential = ManagedIdentityCredential.builder().environment(variables::get)
                .httpClient(entra.httpClient()).timeSource(time).scheduler(timer.apply(time))
                .machine(given -> new Machine(given, "Linux", Path.of("/nowhere"), token.toUri())).build();
        return subject(time, entra, credential, () -> delete(token));
    }

    /** An application, by the managed identity of its machine. */
    static Subject federatedManagedIdentity(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeEntra entra = FakeEntra.start(time);
        FakeImds imds = FakeImds.start(time);
        imds.always(answers(200, "{\"access_token\":\"" + entra.federatedAssertion(DAY) + "\",\"token_type\":\"Bearer\","
                + "\"expires_on\":\"" + time.now().plus(DAY).getEpochSecond() + "\"}"));
        TokenCredential identity = ManagedIdentityCredential.builder().clientId(FakeImds.CLIENT_ID)
                .environment(imds.environment()).timeSource(time).scheduler(timer.apply(time)).build();
        TokenCredential credential = ClientAssertionCredential.builder().tenantId(FakeEntra.TENANT_ID)
                .clientId(FakeEntra.CLIENT_ID)
                .clientAssertion(BearerTokens.getBearerTokenProvider(identity, "api://AzureADTokenExchange/.default"))
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(timer.apply(time)).build();
        return subject(time, entra, credential, () -> {
            identity.close().block();
            imds.close();
        });
    }

    private static Subject subject(ManualTime time, FakeEntra entra, TokenCredential credential, Runnable end) {
        return new HostSubject(time, credential, entra::tokenRequests, entra::holds, entra::releases,
                () -> entra.next(refuses("invalid_client", 700213, "No matching federated identity record found.")), () -> {
                    end.run();
                    entra.close();
                }, List.of());
    }

    private static ManualTime time() {
        return ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    }

    private static Path file(String content) {
        try {
            return Files.writeString(Files.createTempFile("monocred", ".test"), content);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path... files) {
        try {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
