/** The identities that hosts give to what runs on them: one small class per host, and the table that tells hosts apart. */
@NullMarked
package dev.monocred.internal.managedidentity;

import org.jspecify.annotations.NullMarked;
