package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The same contract, watched: the token's file is not read on an event loop nor on the subscriber's thread. */
@Tag("blockhound")
class WorkloadIdentityCredentialBlockHoundTest extends WorkloadIdentityCredentialContractTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }
}
