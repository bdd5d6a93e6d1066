@NullMarked
package dev.monocred.internal.vscode;

import org.jspecify.annotations.NullMarked;
