/**
 * Every row of the performance table, each beside its floor and beside azure-identity: {@link dev.monocred.bench.Bench} runs
 * them, {@link dev.monocred.bench.Gates} judges them. See {@code reactive/BENCHMARKS.md}.
 */
@NullMarked
package dev.monocred.bench;

import org.jspecify.annotations.NullMarked;
