package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The same contract, watched: asking the pipeline blocks no event loop and no subscriber. */
@Tag("blockhound")
class AzurePipelinesCredentialBlockHoundTest extends AzurePipelinesCredentialContractTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }
}
