/** Tests of the command-line tools: tables over what is pure, and fake tools for the rest. */
@NullMarked
package dev.monocred.internal.tool;

import org.jspecify.annotations.NullMarked;
