package dev.monocred;

import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract;
import org.junit.jupiter.api.Nested;

/** On every host: what every credential promises. */
class ManagedIdentityCredentialContractTest {

    @Nested
    class OnAVirtualMachine implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return HostSubjects.imds(ManualTime::scheduler);
        }
    }

    @Nested
    class InAppService implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return HostSubjects.appService(ManualTime::scheduler);
        }
    }

    @Nested
    class InServiceFabric implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return HostSubjects.serviceFabric(ManualTime::scheduler);
        }
    }

    @Nested
    class OnArc implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return HostSubjects.arc(ManualTime::scheduler);
        }
    }

    @Nested
    class InMachineLearning implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return HostSubjects.machineLearning(ManualTime::scheduler);
        }
    }

    @Nested
    class InCloudShell implements TokenCredentialContract {
        @Override
        public Subject newSubject() {
            return HostSubjects.cloudShell(ManualTime::scheduler);
        }
    }
}
