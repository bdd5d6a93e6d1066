package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.refresh.RefresherOptions;
import dev.monocred.internal.refresh.TokenOwner;
import dev.monocred.internal.refresh.TokenRefresher;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.signin.UserAssertions;
import dev.monocred.internal.source.LoggingSource;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What is behind a credential that asks for many users: {@link CredentialEngine} with an owner for each of them. */
final class OnBehalfOfEngine {

    private final TokenRefresher refresher;
    private final UserAssertions users;
    private final LoggingSource logged;
    private final SharedRuntime.Lease runtime;

    private OnBehalfOfEngine(TokenRefresher refresher, UserAssertions users, LoggingSource logged, SharedRuntime.Lease runtime) {
        this.refresher = refresher;
        this.users = users;
        this.logged = logged;
        this.runtime = runtime;
    }

    static OnBehalfOfEngine of(String credential, EntraOptions options,
            Function<EntraEngine, AuthenticationProvider> authentication) {
        UserEngine.Wiring wiring = UserEngine.wiring(credential, options, authentication);
        CredentialOptions common = wiring.common();
        UserAssertions users = new UserAssertions(wiring.application(), options.authority(), wiring.endpoint(),
                () -> Instant.ofEpochMilli(common.timeSource().wallMillis()));
        LoggingSource logged = new LoggingSource(credential, request -> Mono.error(nobody(credential)), common.timeSource());
        TokenRefresher refresher = new TokenRefresher(logged,
                request -> CredentialEngine.admit(credential, options.tenants(), request),
                new RefresherOptions(credential, common.timeSource(), common.scheduler(), RefresherOptions.NETWORK_DEADLINE,
                        common.maxCachedTokens(), common.listener(), RefresherOptions.USER_IDLE));
        return new OnBehalfOfEngine(refresher, users, logged, wiring.runtime());
    }

    private static ClientAuthenticationException nobody(String credential) {
        return new ClientAuthenticationException(TokenErrors.sentence(credential, "there is no user to ask for",
                "Call withUserAssertion() with each incoming token, and ask what that gives", null), null, Details.NONE);
    }

    /** The user who came with that assertion. */
    TokenOwner owner(String assertion) {
        UserAssertions.User user = users.user(assertion);
        return new TokenOwner(user.id(), logged.around(user));
    }

    Mono<AccessToken> getToken(@Nullable TokenOwner user, TokenRequestContext request) {
        return user == null ? refresher.acquire(request) : refresher.acquire(user, request);
    }

    Mono<Void> close() {
        return refresher.close().then(Mono.fromRunnable(runtime::release));
    }
}
