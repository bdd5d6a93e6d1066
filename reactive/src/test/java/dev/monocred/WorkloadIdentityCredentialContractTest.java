package dev.monocred;

import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.TokenCredentialContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class WorkloadIdentityCredentialContractTest implements TokenCredentialContract {

    @TempDir
    Path folder;

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(WorkloadIdentityCredential.builder(), this::own, WorkloadIdentityCredential.Builder::build);
    }

    private WorkloadIdentityCredential.Builder own(FakeEntra entra, WorkloadIdentityCredential.Builder builder) {
        try {
            return builder.tokenFilePath(Files.writeString(folder.resolve("token"), entra.federatedAssertion(Duration.ofDays(1))));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
