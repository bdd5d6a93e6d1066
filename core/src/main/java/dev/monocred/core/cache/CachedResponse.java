package dev.monocred.core.cache;

import dev.monocred.core.AccessToken;
import dev.monocred.core.cache.CacheEntry.AccessTokenEntry;
import dev.monocred.core.cache.CacheEntry.AccountEntry;
import dev.monocred.core.cache.CacheEntry.AppMetadataEntry;
import dev.monocred.core.cache.CacheEntry.Fields;
import dev.monocred.core.cache.CacheEntry.IdTokenEntry;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.cache.CacheEntry.Section;
import dev.monocred.core.oauth.CloudHosts;
import dev.monocred.core.oauth.IdToken;
import dev.monocred.core.oauth.TokenResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the token endpoint, as entries to remember.
 *
 * @param environment the host that was asked
 * @param clientId the application that asked
 * @param homeAccountId whose it is; empty if nobody is known
 * @param tenant the tenant that was asked, as it stands in the address
 * @param scopes what was asked for
 * @param userAssertionHash the hash of the user's token that was exchanged; empty if none was
 * @param response what came
 * @param now when it came
 */
public record CachedResponse(String environment, String clientId, String homeAccountId, String tenant,
        List<String> scopes, String userAssertionHash, TokenResponse response, Instant now) {

    /** What every sign-in asks for; no access token is for them. */
    private static final Set<String> OPENID = Set.of("openid", "profile", "offline_access", "email");

    /**
     * The account.
     *
     * @param response what came
     * @return {@code uid.utid}; where the answer does not say that, the id token's {@code sub}; else empty
     */
    public static String homeAccountId(TokenResponse response) {
        String ids = response.clientInfo() == null ? null : IdToken.homeAccountId(response.clientInfo());
        IdToken idToken = response.idToken() == null ? null : IdToken.parse(response.idToken());
        String subject = idToken == null ? null : idToken.claim("sub");
        return ids != null ? ids : subject != null ? subject : "";
    }

    /**
     * What is to be remembered: the access token, and whatever else the answer has.
     *
     * @return the entries
     */
    public List<CacheEntry> entries() {
        List<CacheEntry> entries = new ArrayList<>();
        entries.add(accessToken());
        String refreshToken = response.refreshToken();
        if (refreshToken != null) {
            entries.add(new RefreshTokenEntry(common(Section.REFRESH_TOKEN).with("client_id", clientId)
                    .with("family_id", response.familyId()).with("secret", refreshToken)
                    .with("user_assertion_hash", userAssertionHash)));
        }
        String idToken = response.idToken();
        if (idToken != null) {
            entries.add(new IdTokenEntry(common(Section.ID_TOKEN).with("client_id", clientId).with("realm", tenant)
                    .with("secret", idToken).with("user_assertion_hash", userAssertionHash)));
            entries.add(account(IdToken.parse(idToken)));
        }
        if (response.familyId() != null) {
            entries.add(new AppMetadataEntry(Fields.NONE.with("environment", CloudHosts.cacheName(environment))
                    .with("client_id", clientId).with("family_id", response.familyId())));
        }
        return entries;
    }

    private AccessTokenEntry accessToken() {
        AccessToken token = response.accessToken();
        return new AccessTokenEntry(common(Section.ACCESS_TOKEN).with("client_id", clientId).with("realm", tenant)
                .with("target", target()).with("secret", token.token()).with("token_type", token.tokenType())
                .with("cached_at", seconds(now)).with("expires_on", seconds(token.expiresAt()))
                .with("extended_expires_on", seconds(token.expiresAt())).with("refresh_on", seconds(token.refreshAt()))
                .with("user_assertion_hash", userAssertionHash));
    }

    /** Asked and granted: the server may call what it granted by another name than it was asked for. */
    private String target() {
        Set<String> target = new TreeSet<>(scopes);
        String granted = response.scope();
        if (granted != null) {
            target.addAll(List.of(granted.strip().split("\\s+")));
        }
        target.removeIf(scope -> OPENID.contains(scope) && !scopes.contains(scope));
        return String.join(" ", target);
    }

    private AccountEntry account(@Nullable IdToken idToken) {
        String user = idToken == null ? null : idToken.username();
        String object = idToken == null ? null : idToken.claim("oid");
        return new AccountEntry(common(null).with("realm", tenant)
                .with("local_account_id", object != null || idToken == null ? object : idToken.claim("sub"))
                .with("username", user).with("name", idToken == null ? null : idToken.claim("name"))
                .with("authority_type", tenant.equalsIgnoreCase("adfs") ? "ADFS" : "MSSTS")
                .with("client_info", response.clientInfo()));
    }

    private Fields common(@Nullable Section section) {
        return Fields.NONE.with("home_account_id", homeAccountId)
                .with("environment", CloudHosts.cacheName(environment))
                .with("credential_type", section == null ? null : section.member());
    }

    private static @Nullable String seconds(@Nullable Instant instant) {
        return instant == null ? null : String.valueOf(instant.getEpochSecond());
    }
}
