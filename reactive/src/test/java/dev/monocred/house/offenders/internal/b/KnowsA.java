package dev.monocred.house.offenders.internal.b;

import dev.monocred.house.offenders.internal.a.KnowsB;

/** The other half of a cycle. */
public interface KnowsA {
    KnowsB other();
}
