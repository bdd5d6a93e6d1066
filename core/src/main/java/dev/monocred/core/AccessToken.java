package dev.monocred.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token with its times: the counterpart of Python's {@code AccessTokenInfo}. Immutable, with value equality;
 * {@link #toString()} never contains the token.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-1.4">RFC 6749, section 1.4</a>
 */
public final class AccessToken {

    private static final String BEARER = "Bearer";

    private final String token;
    private final Instant expiresAt;
    private final @Nullable Instant refreshAt;
    private final String tokenType;

    private AccessToken(String token, Instant expiresAt, @Nullable Instant refreshAt, String tokenType) {
        this.token = token;
        this.expiresAt = expiresAt;
        this.refreshAt = refreshAt;
        this.tokenType = tokenType;
    }

    /**
     * Makes a bearer token without a refresh hint.
     *
     * @param token the bare token text, without a scheme
     * @param expiresAt the instant after which it must not be used
     * @return the token
     * @throws IllegalArgumentException if the text is blank
     */
    public static AccessToken of(String token, Instant expiresAt) {
        if (token.isBlank()) {
            throw new IllegalArgumentException("token is blank");
        }
        return new AccessToken(token, requireNonNull(expiresAt, "expiresAt"), null, BEARER);
    }

    /**
     * Copies this token with another refresh hint.
     *
     * @param refreshAt the instant from which the server wants it replaced; {@code null} for no hint
     * @return the copy
     */
    public AccessToken withRefreshAt(@Nullable Instant refreshAt) {
        return new AccessToken(token, expiresAt, refreshAt, tokenType);
    }

    /**
     * Copies this token with another type.
     *
     * @param tokenType the type, {@code Bearer} unless something else was asked for
     * @return the copy
     */
    public AccessToken withTokenType(String tokenType) {
        return new AccessToken(token, expiresAt, refreshAt, requireNonNull(tokenType, "tokenType"));
    }

    /**
     * The secret itself.
     *
     * @return the bare token text, without a scheme
     */
    public String token() {
        return token;
    }

    /**
     * When this token ends.
     *
     * @return the instant after which it must not be used
     */
    public Instant expiresAt() {
        return expiresAt;
    }

    /**
     * When the server wants this token replaced.
     *
     * @return the server's hint, or {@code null} if it gave none
     */
    public @Nullable Instant refreshAt() {
        return refreshAt;
    }

    /**
     * The type of this token.
     *
     * @return {@code Bearer} unless something else was asked for
     */
    public String tokenType() {
        return tokenType;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof AccessToken that
                && token.equals(that.token) && expiresAt.equals(that.expiresAt)
                && Objects.equals(refreshAt, that.refreshAt) && tokenType.equals(that.tokenType));
    }

    @Override
    public int hashCode() {
        return Objects.hash(token, expiresAt);
    }

    @Override
    public String toString() {
        return "AccessToken[" + tokenType + ", expiresAt=" + expiresAt + ", refreshAt=" + refreshAt + "]";
    }
}
