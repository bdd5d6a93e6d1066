/** The flows of the Entra token endpoint, each in a small class. */
@NullMarked
package dev.monocred.examples.entraflows;

import org.jspecify.annotations.NullMarked;
