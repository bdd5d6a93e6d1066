/** Credentials: each is made by its builder, gets tokens as {@code Mono}s and is shared by a whole application. */
@NullMarked
package dev.monocred;

import org.jspecify.annotations.NullMarked;
