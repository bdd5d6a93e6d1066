package dev.monocred;

import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract;
import org.junit.jupiter.api.Nested;

/** On every way to a federated token: what every credential promises. */
class FederatedCredentialsContractTest {

    @Nested
    class ThroughIdentityBindings implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return FederatedSubjects.identityBindings(ManualTime::scheduler);
        }
    }

    @Nested
    class AManagedIdentityInAPod implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return FederatedSubjects.managedIdentityInAPod(ManualTime::scheduler);
        }
    }

    @Nested
    class AnApplicationByAManagedIdentity implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return FederatedSubjects.federatedManagedIdentity(ManualTime::scheduler);
        }
    }
}
