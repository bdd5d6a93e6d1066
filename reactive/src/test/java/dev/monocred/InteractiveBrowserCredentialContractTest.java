package dev.monocred;

import dev.monocred.testing.FakeBrowser;

class InteractiveBrowserCredentialContractTest implements PromptingCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(InteractiveBrowserCredential.builder(), (entra, builder) -> builder.openBrowser(FakeBrowser.of(entra)),
                InteractiveBrowserCredential.Builder::build);
    }
}
