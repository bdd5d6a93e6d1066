package dev.monocred.core.oauth;

import dev.monocred.core.AccessToken;
import org.jspecify.annotations.Nullable;

/**
 * A token, and what came with it. Prints no secret.
 *
 * @param accessToken the token with its times on the wall clock
 * @param refreshToken what the next one can be had for, or {@code null}
 * @param idToken who signed in, as a JWT, or {@code null}
 * @param clientInfo the ids of the account in base64url, or {@code null}
 * @param scope what was granted, separated by spaces, or {@code null} if the answer does not say
 * @param familyId the family of applications that share the refresh token, or {@code null}
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.1">RFC 6749, section 5.1</a>
 */
public record TokenResponse(AccessToken accessToken, @Nullable String refreshToken, @Nullable String idToken,
        @Nullable String clientInfo, @Nullable String scope, @Nullable String familyId) implements TokenAnswer {

    @Override
    public String toString() {
        return "TokenResponse[accessToken=" + accessToken + ", refreshToken=" + presence(refreshToken)
                + ", idToken=" + presence(idToken) + ", clientInfo=" + presence(clientInfo) + ", scope=" + scope
                + ", familyId=" + familyId + "]";
    }

    private static String presence(@Nullable String secret) {
        return secret == null ? "none" : "present";
    }
}
