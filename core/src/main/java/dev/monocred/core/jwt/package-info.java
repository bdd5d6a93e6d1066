/** Assertions with which an application proves itself: from the bytes of a certificate to a signed JWT. Pure. */
@NullMarked
package dev.monocred.core.jwt;

import org.jspecify.annotations.NullMarked;
