/** Child processes without blocking anybody: find a program, run it, read it, and leave nothing of it behind. */
@NullMarked
package dev.monocred.internal.process;

import org.jspecify.annotations.NullMarked;
