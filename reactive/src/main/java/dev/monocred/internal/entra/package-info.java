/** The Entra token endpoint. */
@NullMarked
package dev.monocred.internal.entra;

import org.jspecify.annotations.NullMarked;
