/** Tokens from the tools that a developer is signed in to. */
@NullMarked
package dev.monocred.examples.developertools;

import org.jspecify.annotations.NullMarked;
