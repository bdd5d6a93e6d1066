/** Tokens of the account that is signed in to Visual Studio Code: through a broker, or with what old extensions kept. */
@NullMarked
package dev.monocred.internal.vscode;

import org.jspecify.annotations.NullMarked;
