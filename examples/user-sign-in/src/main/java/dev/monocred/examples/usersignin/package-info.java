/** A person signs in with a browser. */
@NullMarked
package dev.monocred.examples.usersignin;

import org.jspecify.annotations.NullMarked;
