@NullMarked
package dev.monocred.internal.browser;

import org.jspecify.annotations.NullMarked;
