/** The contract: a credential, what it is asked, what it gives, and how it fails. */
@NullMarked
package dev.monocred.core;

import org.jspecify.annotations.NullMarked;
