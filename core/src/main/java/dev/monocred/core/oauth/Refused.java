package dev.monocred.core.oauth;

import dev.monocred.core.EntraError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No token, for a reason that the server gave: in the OAuth members, or by the HTTP status alone.
 *
 * @param error what it said; without an OAuth code if the body was not an OAuth error
 * @param isTransient whether the same request may succeed later (N-8)
 * @param retryAfter how long the server wants to be left alone, 1 s to 1 h, or {@code null} if it does not say
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">RFC 6749, section 5.2</a>
 */
public record Refused(EntraError error, boolean isTransient, @Nullable Duration retryAfter) implements TokenAnswer {}
