/**
 * What all credentials of a process share: connections, two small thread pools, and the small
 * tools that several rooms need.
 */
@NullMarked
package dev.monocred.internal.runtime;

import org.jspecify.annotations.NullMarked;
