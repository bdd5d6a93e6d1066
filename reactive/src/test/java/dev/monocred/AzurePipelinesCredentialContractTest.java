package dev.monocred;

import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakePipelines;
import dev.monocred.testing.TokenCredentialContract;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

class AzurePipelinesCredentialContractTest implements TokenCredentialContract {

    private final List<FakePipelines> started = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(FakePipelines::close);
    }

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(AzurePipelinesCredential.builder(), this::own, AzurePipelinesCredential.Builder::build,
                FakePipelines.SYSTEM_ACCESS_TOKEN);
    }

    private AzurePipelinesCredential.Builder own(FakeEntra entra, AzurePipelinesCredential.Builder builder) {
        FakePipelines pipelines = FakePipelines.start(entra::federatedAssertion);
        started.add(pipelines);
        return builder.serviceConnectionId(FakePipelines.SERVICE_CONNECTION_ID)
                .systemAccessToken(FakePipelines.SYSTEM_ACCESS_TOKEN).environment(pipelines.environment());
    }
}
