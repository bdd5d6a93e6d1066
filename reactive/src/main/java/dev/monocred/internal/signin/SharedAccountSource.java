package dev.monocred.internal.signin;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.AccountEntry;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.Authority;
import dev.monocred.internal.cache.CachingSource;
import dev.monocred.internal.cache.SharedCache;
import dev.monocred.internal.cache.TokenPlace;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.internal.storage.StorageFailure;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tokens of somebody who signed in to another program of this machine. Who that is, is looked up for each acquisition:
 * people sign in and out elsewhere. Nobody is ever asked.
 */
public final class SharedAccountSource implements TokenSource {

    private final Application application;
    private final Authority authority;
    private final EntraTokenSource endpoint;
    private final SharedCache cache;
    private final AccountChoice choice;
    private final TimeSource time;
    private final Owner anybody;
    private final ConcurrentMap<String, TokenSource> accounts = new ConcurrentHashMap<>(2);

    /**
     * Makes a source; nothing is read.
     *
     * @param application who asks
     * @param authority the host that is asked
     * @param endpoint exchanges
     * @param cache what the programs of this machine share
     * @param choice who is meant
     * @param time when a token has ended
     */
    public SharedAccountSource(Application application, Authority authority, EntraTokenSource endpoint, SharedCache cache,
            AccountChoice choice, TimeSource time) {
        this.application = application;
        this.authority = authority;
        this.endpoint = endpoint;
        this.cache = cache;
        this.choice = choice;
        this.time = time;
        this.anybody = new Owner(authority.host(), application.clientId(), "", "");
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return cache.stores().read(request.isCaeEnabled()).map(document -> choice.from(document, anybody))
                .flatMap(account -> accounts.computeIfAbsent(AccountChoice.key(account), key -> source(account)).acquire(request))
                .onErrorMap(StorageFailure.class, failure -> choice.unavailable(
                        "Shared token cache unavailable: " + failure.getMessage() + ".", failure));
    }

    private TokenSource source(AccountEntry account) {
        Owner owner = AccountChoice.of(account, anybody);
        TokenSource redeeming = new UserTokenSource(application, authority, endpoint, new SharedAccount(owner, cache),
                (request, refusal) -> Mono.error(refused(account, refusal)));
        return new CachingSource(cache.stores(), new TokenPlace(() -> owner, application.tenant()), time, redeeming);
    }

    private CredentialUnavailableException refused(AccountEntry account, @Nullable ClientAuthenticationException refusal) {
        return new CredentialUnavailableException(application.credential() + " authentication unavailable. Token acquisition"
                + " failed for user " + account.username() + ". Ensure that you have authenticated with a developer tool that"
                + " supports Azure single sign on.", refusal, refusal == null ? Details.NONE : refusal.details());
    }
}
