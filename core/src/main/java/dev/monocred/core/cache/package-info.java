/** What is remembered between acquisitions: the cache format that Microsoft's libraries share, as a pure document. */
@NullMarked
package dev.monocred.core.cache;

import org.jspecify.annotations.NullMarked;
