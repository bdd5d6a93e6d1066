package dev.monocred.house.offenders.internal;

import dev.monocred.house.offenders.azure.Integration;

/** An internal that looks up at an integration. */
public interface KnowsAnIntegration {
    Integration above();
}
