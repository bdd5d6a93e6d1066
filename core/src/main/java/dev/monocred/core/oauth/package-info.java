/** OAuth 2.0 and Entra messages as pure functions: requests to forms, answers to values. */
@NullMarked
package dev.monocred.core.oauth;

import org.jspecify.annotations.NullMarked;
