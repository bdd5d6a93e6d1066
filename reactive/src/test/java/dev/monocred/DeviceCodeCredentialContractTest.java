package dev.monocred;

import reactor.core.publisher.Mono;

class DeviceCodeCredentialContractTest implements PromptingCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(DeviceCodeCredential.builder(), (entra, builder) -> builder.promptCallback(code -> Mono.empty()),
                DeviceCodeCredential.Builder::build);
    }
}
