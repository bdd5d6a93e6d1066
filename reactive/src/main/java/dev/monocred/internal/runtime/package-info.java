/** What all credentials of a process share: connections and two small thread pools. */
@NullMarked
package dev.monocred.internal.runtime;

import org.jspecify.annotations.NullMarked;
