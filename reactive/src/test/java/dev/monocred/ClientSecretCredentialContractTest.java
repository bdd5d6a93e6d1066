package dev.monocred;

import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.TokenCredentialContract;

class ClientSecretCredentialContractTest implements TokenCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(ClientSecretCredential.builder(), (entra, builder) -> builder.clientSecret(FakeEntra.CLIENT_SECRET),
                ClientSecretCredential.Builder::build, FakeEntra.CLIENT_SECRET);
    }
}
