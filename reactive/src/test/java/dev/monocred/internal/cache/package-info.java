/** Tests of what is remembered as documents, on stores that do what a test says. */
@NullMarked
package dev.monocred.internal.cache;

import org.jspecify.annotations.NullMarked;
