/** The main job in one command. */
@NullMarked
package dev.monocred.examples.quickstart;

import org.jspecify.annotations.NullMarked;
