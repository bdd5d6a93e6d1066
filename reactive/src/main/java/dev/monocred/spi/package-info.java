/** What an application may plug in. */
@NullMarked
package dev.monocred.spi;

import org.jspecify.annotations.NullMarked;
