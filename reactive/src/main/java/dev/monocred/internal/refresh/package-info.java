/** The coalescing refresher: one snapshot and at most one flight per request. */
@NullMarked
package dev.monocred.internal.refresh;

import org.jspecify.annotations.NullMarked;
