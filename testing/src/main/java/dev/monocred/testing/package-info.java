/** Fakes at the wire, manual time, and the contract every credential passes. */
@NullMarked
package dev.monocred.testing;

import org.jspecify.annotations.NullMarked;
