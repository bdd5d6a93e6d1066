/** Tests of people: who is meant, and what they may be asked again. */
@NullMarked
package dev.monocred.internal.signin;

import org.jspecify.annotations.NullMarked;
