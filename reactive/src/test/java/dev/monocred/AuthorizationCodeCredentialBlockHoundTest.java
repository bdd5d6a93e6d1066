package dev.monocred;

import dev.monocred.testing.BlockHoundSetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The same contract, watched: no event loop and no parallel thread blocks (promise 1). */
@Tag("blockhound")
class AuthorizationCodeCredentialBlockHoundTest extends AuthorizationCodeCredentialContractTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }
}
