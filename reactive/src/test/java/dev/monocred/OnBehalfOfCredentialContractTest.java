package dev.monocred;

import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.TokenCredentialContract;

class OnBehalfOfCredentialContractTest implements TokenCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(OnBehalfOfCredential.builder(), OnBehalfOfCredentialContractTest::own,
                OnBehalfOfCredential.Builder::build, FakeEntra.CLIENT_SECRET, "invented-refresh-token-");
    }

    private static OnBehalfOfCredential.Builder own(FakeEntra entra, OnBehalfOfCredential.Builder builder) {
        return builder.userAssertion(entra.userAssertion()).clientSecret(FakeEntra.CLIENT_SECRET);
    }
}
