package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The same contract, watched: no event loop and no parallel thread blocks, by files, processes or a broker (promise 1). */
@Tag("blockhound")
class VisualStudioCodeCredentialBlockHoundTest extends VisualStudioCodeCredentialContractTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }
}
