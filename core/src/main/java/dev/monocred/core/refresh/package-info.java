/** When to use, refresh and acquire a token, and how long to wait after a failure: pure functions of time. */
@NullMarked
package dev.monocred.core.refresh;

import org.jspecify.annotations.NullMarked;
