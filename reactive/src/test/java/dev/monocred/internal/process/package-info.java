/** Tests of the subprocess runner, on real processes. */
@NullMarked
package dev.monocred.internal.process;

import org.jspecify.annotations.NullMarked;
