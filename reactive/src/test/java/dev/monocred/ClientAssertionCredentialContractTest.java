package dev.monocred;

import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.TokenCredentialContract;
import reactor.core.publisher.Mono;

class ClientAssertionCredentialContractTest implements TokenCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(ClientAssertionCredential.builder(), ClientAssertionCredentialContractTest::own,
                ClientAssertionCredential.Builder::build);
    }

    private static ClientAssertionCredential.Builder own(FakeEntra entra, ClientAssertionCredential.Builder builder) {
        return builder.clientAssertion(() -> Mono.fromSupplier(entra::federatedAssertion));
    }
}
