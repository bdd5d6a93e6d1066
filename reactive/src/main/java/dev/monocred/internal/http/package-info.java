/** One HTTP exchange, and which ones are tried again. */
@NullMarked
package dev.monocred.internal.http;

import org.jspecify.annotations.NullMarked;
