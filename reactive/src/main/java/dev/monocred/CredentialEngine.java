package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.refresh.RefresherOptions;
import dev.monocred.internal.refresh.TokenRefresher;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.source.LoggingSource;
import dev.monocred.internal.source.TokenSource;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * What is behind a credential: the only class that knows all parts. {@link #over} is the architecture in one screen. Options
 * are unpacked here; below travel clocks, schedulers and clients.
 */
final class CredentialEngine {

    private final TokenRefresher refresher;
    private final SharedRuntime.Lease runtime;

    private CredentialEngine(TokenRefresher refresher, SharedRuntime.Lease runtime) {
        this.refresher = refresher;
        this.runtime = runtime;
    }

    /** For an application that asks Entra for itself. */
    static CredentialEngine application(String credential, EntraOptions options,
            Function<EntraEngine, AuthenticationProvider> authentication) {
        CredentialOptions common = options.common();
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        EntraEngine entra = new EntraEngine(new EntraEngine.Wiring(runtime, options.httpClient(), common.timeSource(),
                common.scheduler(), common.environment(), options.applicationId()));
        TokenSource wire = entra.source(
                new EntraTokenSource.Application(credential, options.tenantId(), options.clientId()),
                entra.applicationAuthorities(options.authority(), options.disableInstanceDiscovery()),
                authentication.apply(entra), EntraTokenSource::clientCredentials);
        return over(wire, credential, options.tenants()::resolve, common, runtime);
    }

    /** From the wire up to what {@code getToken} calls. */
    private static CredentialEngine over(TokenSource wire, String credential, UnaryOperator<TokenRequestContext> admission,
            CredentialOptions options, SharedRuntime.Lease runtime) {
        TokenSource logged = new LoggingSource(credential, wire, options.timeSource());
        TokenRefresher shared = new TokenRefresher(logged, admission, new RefresherOptions(credential, options.timeSource(),
                options.scheduler(), RefresherOptions.NETWORK_DEADLINE, options.maxCachedTokens(), options.listener()));
        return new CredentialEngine(shared, runtime);
    }

    Mono<AccessToken> getToken(TokenRequestContext request) {
        return refresher.acquire(request);
    }

    Mono<Void> close() {
        return refresher.close().then(Mono.fromRunnable(runtime::release));
    }
}
