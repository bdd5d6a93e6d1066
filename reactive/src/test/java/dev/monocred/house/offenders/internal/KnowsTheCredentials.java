package dev.monocred.house.offenders.internal;

import dev.monocred.house.offenders.Unfinal;

/** An internal that looks up at the credentials. */
public interface KnowsTheCredentials {
    Unfinal above();
}
