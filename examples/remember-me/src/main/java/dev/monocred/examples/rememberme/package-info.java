/** Remembering a sign-in across restarts. */
@NullMarked
package dev.monocred.examples.rememberme;

import org.jspecify.annotations.NullMarked;
