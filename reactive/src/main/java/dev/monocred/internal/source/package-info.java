/** The waist: token sources and the wrappers around them. */
@NullMarked
package dev.monocred.internal.source;

import org.jspecify.annotations.NullMarked;
