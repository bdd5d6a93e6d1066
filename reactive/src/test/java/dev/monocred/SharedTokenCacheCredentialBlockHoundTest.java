package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The same contract, watched: reading other programs' caches blocks no event loop and no subscriber. */
@Tag("blockhound")
class SharedTokenCacheCredentialBlockHoundTest extends SharedTokenCacheCredentialContractTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }
}
