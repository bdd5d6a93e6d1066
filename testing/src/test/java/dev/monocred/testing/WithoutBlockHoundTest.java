package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Runs where BlockHound is not on the class path: everywhere but in the execution of its own. */
class WithoutBlockHoundTest {

    @Test
    void theSetupSaysSoWhenNobodyWatches() {
        assertThatThrownBy(BlockHoundSetup::requireInstalled).isInstanceOf(AssertionError.class)
                .hasMessageContaining("BlockHound does not watch this JVM").hasMessageContaining("blockhound-junit-platform");
    }
}
