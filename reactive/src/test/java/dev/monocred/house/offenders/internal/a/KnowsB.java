package dev.monocred.house.offenders.internal.a;

import dev.monocred.house.offenders.internal.b.KnowsA;

/** One half of a cycle. */
public interface KnowsB {
    KnowsA other();
}
