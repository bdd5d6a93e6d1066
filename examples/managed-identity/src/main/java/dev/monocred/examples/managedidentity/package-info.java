/** Tokens for the identity that a host gives. */
@NullMarked
package dev.monocred.examples.managedidentity;

import org.jspecify.annotations.NullMarked;
