package dev.monocred.core;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a token is asked for. Immutable, with value equality over every component: two equal requests are one request.
 * Scopes compare as a set, tenants ignoring case, a rejected token by its text. The hash is computed once.
 */
public final class TokenRequestContext {

    private final List<String> scopes;
    private final List<String> sortedScopes;
    private final @Nullable String tenantId;
    private final @Nullable String claims;
    private final boolean caeEnabled;
    private final @Nullable AccessToken rejectedToken;
    private final int hash;

    private TokenRequestContext(List<String> scopes, List<String> sortedScopes, @Nullable String tenantId,
            @Nullable String claims, boolean caeEnabled, @Nullable AccessToken rejectedToken) {
        this.scopes = scopes;
        this.sortedScopes = sortedScopes;
        this.tenantId = tenantId;
        this.claims = claims;
        this.caeEnabled = caeEnabled;
        this.rejectedToken = rejectedToken;
        int h = sortedScopes.hashCode();
        h = 31 * h + (tenantId == null ? 0 : tenantId.toLowerCase(Locale.ROOT).hashCode());
        h = 31 * h + Objects.hashCode(claims);
        h = 31 * h + Boolean.hashCode(caeEnabled);
        this.hash = 31 * h + (rejectedToken == null ? 0 : rejectedToken.token().hashCode());
    }

    /**
     * Asks for the given scopes. An empty or blank scope is accepted here and refused, through the {@code Mono}, by the
     * credential.
     *
     * @param scopes the scopes, usually one that ends in {@code /.default}
     * @return the request
     */
    public static TokenRequestContext of(String... scopes) {
        List<String> given = List.of(scopes);
        List<String> sorted = given.size() < 2 ? given : Arrays.stream(scopes).sorted().distinct().toList();
        return new TokenRequestContext(sorted.size() == given.size() ? given : given.stream().distinct().toList(),
                sorted, null, null, false, null);
    }

    /**
     * Copies this request with claims that the token must satisfy, as a claims challenge names them. Such a request is
     * not answered from the cache.
     *
     * @param claims a JSON object; {@code null} for none
     * @return the copy
     * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter">OpenID Connect Core, section 5.5</a>
     */
    public TokenRequestContext withClaims(@Nullable String claims) {
        return new TokenRequestContext(scopes, sortedScopes, tenantId, claims, caeEnabled, rejectedToken);
    }

    /**
     * Copies this request with another tenant than the credential's own.
     *
     * @param tenantId the tenant's id or domain; {@code null} for the credential's own
     * @return the copy
     */
    public TokenRequestContext withTenantId(@Nullable String tenantId) {
        return new TokenRequestContext(scopes, sortedScopes, tenantId, claims, caeEnabled, rejectedToken);
    }

    /**
     * Copies this request with continuous access evaluation on or off. Tokens of the two modes are kept apart.
     *
     * @param caeEnabled whether the caller handles claims challenges; off by default
     * @return the copy
     */
    public TokenRequestContext withCaeEnabled(boolean caeEnabled) {
        return new TokenRequestContext(scopes, sortedScopes, tenantId, claims, caeEnabled, rejectedToken);
    }

    /**
     * Copies this request with a token that the resource refused: "any token but this one". Many callers that report the
     * same token cause one refresh, and nobody else loses a token that still works for them.
     *
     * @param rejectedToken the token; {@code null} for none
     * @return the copy
     */
    public TokenRequestContext withRejectedToken(@Nullable AccessToken rejectedToken) {
        return new TokenRequestContext(scopes, sortedScopes, tenantId, claims, caeEnabled, rejectedToken);
    }

    /**
     * What the token is for.
     *
     * @return the scopes as given, without repetitions; unmodifiable
     */
    public List<String> scopes() {
        return scopes;
    }

    /**
     * Which tenant is asked.
     *
     * @return the tenant's id or domain, or {@code null} for the credential's own
     */
    public @Nullable String tenantId() {
        return tenantId;
    }

    /**
     * What the token must satisfy besides.
     *
     * @return a JSON object as text, or {@code null}
     */
    public @Nullable String claims() {
        return claims;
    }

    /**
     * Whether continuous access evaluation is on.
     *
     * @return {@code true} if the caller handles claims challenges
     */
    public boolean isCaeEnabled() {
        return caeEnabled;
    }

    /**
     * The token that the resource refused.
     *
     * @return the token, or {@code null}
     */
    public @Nullable AccessToken rejectedToken() {
        return rejectedToken;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TokenRequestContext that
                && hash == that.hash && caeEnabled == that.caeEnabled
                && sortedScopes.equals(that.sortedScopes)
                && (tenantId == null ? that.tenantId == null : tenantId.equalsIgnoreCase(that.tenantId))
                && Objects.equals(claims, that.claims)
                && Objects.equals(text(rejectedToken), text(that.rejectedToken)));
    }

    private static @Nullable String text(@Nullable AccessToken token) {
        return token == null ? null : token.token();
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "TokenRequestContext[scopes=" + scopes + ", tenantId=" + tenantId + ", caeEnabled=" + caeEnabled
                + ", claims=" + (claims == null ? "none" : "present")
                + ", rejectedToken=" + (rejectedToken == null ? "none" : "present") + "]";
    }
}
