/** Sign-in of a person in a browser: the page that is opened, the listener that the answer comes to, and the page it shows. */
@NullMarked
package dev.monocred.internal.browser;

import org.jspecify.annotations.NullMarked;
