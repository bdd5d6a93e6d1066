/** What credentials remember, as documents: in memory, or in a store that outlives the process. */
@NullMarked
package dev.monocred.internal.cache;

import org.jspecify.annotations.NullMarked;
