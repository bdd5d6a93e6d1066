/** People: who signed in, what they may be asked again, and the refresh tokens that spare them that. */
@NullMarked
package dev.monocred.internal.signin;

import org.jspecify.annotations.NullMarked;
