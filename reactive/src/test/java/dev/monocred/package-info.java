/** Tests of the public credentials, from outside. */
@NullMarked
package dev.monocred;

import org.jspecify.annotations.NullMarked;
