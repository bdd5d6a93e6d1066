package dev.monocred.internal.signin;

import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.cache.CacheEntry.AccountEntry;
import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which of the people who signed in on this machine is meant; pure. It is the one who is left when everybody who does not
 * fit, or has no refresh token that the application may redeem, is out. The sentences begin as in all Azure libraries.
 *
 * @param credential whose name stands first in an error
 * @param username what the person signed in with, or {@code null} for anybody
 * @param tenantId the person's home tenant, or {@code null} for any
 * @param homeAccountId the account of a record, which alone counts then; or {@code null}
 */
public record AccountChoice(String credential, @Nullable String username, @Nullable String tenantId,
        @Nullable String homeAccountId) {

    /**
     * Chooses.
     *
     * @param document who signed in
     * @param anybody the application and its cloud
     * @throws CredentialUnavailableException if nobody fits, or several do
     */
    AccountEntry from(TokenCacheDocument document, Owner anybody) {
        List<AccountEntry> candidates = document.accounts(anybody.environment()).stream()
                .filter(account -> !document.refreshTokens(of(account, anybody)).isEmpty()).toList();
        List<AccountEntry> fitting = candidates.stream().filter(this::fits).toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        throw unavailable(fitting.isEmpty() ? nobody(candidates.isEmpty()) : several(), null);
    }

    static Owner of(AccountEntry account, Owner anybody) {
        return new Owner(anybody.environment(), anybody.clientId(), account.homeAccountId(), "");
    }

    private boolean fits(AccountEntry account) {
        String home = account.homeAccountId();
        return homeAccountId != null ? homeAccountId.equalsIgnoreCase(home)
                : (username == null || username.equalsIgnoreCase(account.username()))
                && (tenantId == null || tenantId.equalsIgnoreCase(home.substring(home.lastIndexOf('.') + 1)));
    }

    private String nobody(boolean isEmpty) {
        if (homeAccountId != null) {
            return "The cache contains no account matching the given AuthenticationRecord. Sign in again and keep the new record.";
        }
        return isEmpty ? "No accounts were found in the cache. Sign in with a developer tool that shares its sign-in, or use"
                + " AzureCliCredential."
                : "No account matching the specified" + filters() + " was found in the cache. Sign in with that account, or"
                + " specify another one.";
    }

    private String several() {
        return filters().isEmpty()
                ? "Multiple accounts were found in the cache. Use username and tenant id to disambiguate."
                : "Multiple accounts matching the specified" + filters() + " were found in the cache. Specify both, or give"
                + " the AuthenticationRecord of one.";
    }

    private String filters() {
        return Stream.of(username == null ? "" : " username: " + username, tenantId == null ? "" : " tenantId: " + tenantId)
                .reduce("", String::concat);
    }

    CredentialUnavailableException unavailable(String sentences, @Nullable Throwable cause) {
        return new CredentialUnavailableException(credential + " authentication unavailable. " + sentences, cause);
    }

    /** One source for each account, however its id is written. */
    static String key(AccountEntry account) {
        return account.homeAccountId().toLowerCase(Locale.ROOT);
    }
}
