/** Tests of what is remembered: real files, real processes, and the real secret store where there is one. */
@NullMarked
package dev.monocred.internal.storage;

import org.jspecify.annotations.NullMarked;
