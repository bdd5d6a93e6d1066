package dev.monocred.house.offenders.spring;

import dev.monocred.house.offenders.azure.Integration;

/** An integration that needs another one. */
public interface KnowsAnotherIntegration {
    Integration other();
}
