package dev.monocred;

import dev.monocred.testing.TokenCredentialContract;
import org.junit.jupiter.api.Nested;

class VisualStudioCodeCredentialContractTest {

    @Nested
    class WithABroker implements TokenCredentialContract {

        @Override
        public Subject newSubject() {
            return VisualStudioCodeSubject.brokered();
        }
    }

    @Nested
    class WithWhatAnOldExtensionLeft implements UserCredentialContract {

        @Override
        public Subject newSubject() {
            return VisualStudioCodeSubject.legacy();
        }
    }
}
