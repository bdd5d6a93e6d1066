/** Tokens from command-line tools: what differs between the tools as data, everything else once. */
@NullMarked
package dev.monocred.internal.tool;

import org.jspecify.annotations.NullMarked;
