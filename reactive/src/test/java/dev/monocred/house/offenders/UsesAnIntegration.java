package dev.monocred.house.offenders;

import dev.monocred.house.offenders.azure.Integration;

/** Loads the optional integration for everybody. */
public interface UsesAnIntegration {
    Integration integration();
}
