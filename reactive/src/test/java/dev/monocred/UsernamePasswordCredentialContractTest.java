package dev.monocred;

import dev.monocred.testing.FakeEntra;

@SuppressWarnings("deprecation") // it is what is tested
class UsernamePasswordCredentialContractTest implements UserCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(UsernamePasswordCredential.builder(),
                (entra, builder) -> builder.username(FakeEntra.USERNAME).password(FakeEntra.PASSWORD),
                UsernamePasswordCredential.Builder::build, FakeEntra.PASSWORD);
    }
}
