/** Where tokens are remembered across restarts: files, their locks, and the key that the operating system keeps. */
@NullMarked
package dev.monocred.internal.storage;

import org.jspecify.annotations.NullMarked;
