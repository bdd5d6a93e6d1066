package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.TenantResolver;
import dev.monocred.internal.cache.CachingSource;
import dev.monocred.internal.cache.SharedCache;
import dev.monocred.internal.cache.StoringSource;
import dev.monocred.internal.cache.TokenPlace;
import dev.monocred.internal.cache.TokenStores;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.managedidentity.Hosts;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.internal.managedidentity.ManagedIdentityId;
import dev.monocred.internal.managedidentity.Position;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.refresh.RefresherOptions;
import dev.monocred.internal.refresh.TokenRefresher;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.signin.AccountChoice;
import dev.monocred.internal.signin.SharedAccountSource;
import dev.monocred.internal.source.LoggingSource;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.internal.source.Validity;
import dev.monocred.internal.storage.Storage;
import dev.monocred.internal.tool.AccountFiles;
import dev.monocred.internal.tool.DeveloperTool;
import dev.monocred.internal.tool.ToolTokenSource;
import dev.monocred.internal.vscode.SignInRecord;
import dev.monocred.internal.vscode.VisualStudioCodeSource;
import dev.monocred.spi.TokenBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

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
        return application(credential, options, UnaryOperator.identity(), authentication);
    }

    /** The same, with an engine that was changed. */
    static CredentialEngine application(String credential, EntraOptions options, UnaryOperator<EntraEngine> change,
            Function<EntraEngine, AuthenticationProvider> authentication) {
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        EntraEngine entra = change.apply(entra(options, runtime));
        TokenSource wire = entra.source(
                new EntraTokenSource.Application(credential, options.tenantId(), options.clientId()),
                entra.applicationAuthorities(options.authority(), options.disableInstanceDiscovery()),
                authentication.apply(entra), EntraTokenSource::clientCredentials);
        return over(remembered(wire, credential, options, runtime), credential,
                request -> admit(credential, options.tenants(), request), options.common(), runtime);
    }

    /** An application's tokens, which belong to nobody's account. */
    private static TokenSource remembered(TokenSource wire, String credential, EntraOptions options, SharedRuntime.Lease runtime) {
        TokenStores stores = stores(credential, options, runtime);
        if (stores == null) {
            return wire;
        }
        TokenPlace place = new TokenPlace(() -> new Owner(options.authority().host(), options.clientId(), "", ""), options.tenantId());
        TimeSource time = options.common().timeSource();
        return new CachingSource(stores, place, time, new StoringSource(stores, place, time, wire));
    }

    /** What outlives the process, or {@code null} if nothing is to. */
    static @Nullable TokenStores stores(String credential, EntraOptions options, SharedRuntime.Lease runtime) {
        TokenCachePersistenceOptions persistence = options.persistence();
        CredentialOptions common = options.common();
        if (persistence == null) {
            return null;
        }
        Storage storage = storage(common, runtime);
        return TokenStores.persistent(credential, name -> persistence.store(name, storage), persistence.name(), common.timeSource());
    }

    /** For somebody who signed in to another program of this machine. */
    static CredentialEngine shared(String credential, EntraOptions options, AccountChoice choice) {
        UserEngine.Wiring user = UserEngine.wiring(credential, options, entra -> AuthenticationProvider.NONE);
        CredentialOptions common = options.common();
        SharedCache cache = new SharedCache(storage(common, user.runtime()).sharedPlaces(), common.scheduler());
        return over(new SharedAccountSource(user.application(), options.authority(), user.endpoint(), cache, choice,
                common.timeSource()), credential, request -> admit(credential, options.tenants(), request), common, user.runtime());
    }

    private static Storage storage(CredentialOptions common, SharedRuntime.Lease runtime) {
        return new Storage(new Storage.Wiring(runtime, Executables.ofThisMachine(common.environment()::apply),
                common.scheduler(), common.timeSource()));
    }

    /** What talks to Entra. */
    static EntraEngine entra(EntraOptions options, SharedRuntime.Lease runtime) {
        CredentialOptions common = options.common();
        return new EntraEngine(new EntraEngine.Wiring(runtime, options.httpClient(), common.timeSource(),
                common.scheduler(), common.environment(), options.applicationId()));
    }

    static TokenRequestContext admit(String credential, TenantResolver tenants, TokenRequestContext request) {
        try {
            return tenants.resolve(request);
        } catch (ClientAuthenticationException forbidden) {
            throw new ClientAuthenticationException(credential + ": " + forbidden.getMessage(), null, forbidden.details());
        }
    }

    /** For a command-line tool, whose account can change behind our back. */
    static CredentialEngine tool(DeveloperTool tool, ToolOptions options) {
        CredentialOptions common = options.common();
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        Executables executables = Executables.ofThisMachine(common.environment()::apply);
        TokenSource wire = new ToolTokenSource(tool, new ProcessRunner(runtime::process, common.scheduler(), executables),
                common.environment(), common.timeSource(), options.processTimeout());
        Validity validity = options.cacheTokens()
                ? new AccountFiles(AccountFiles.of(tool.account(), executables), runtime::io, common.scheduler()) : Validity.NEVER;
        // A process may wait for its turn as long as network flights may.
        Duration deadline = options.processTimeout().plus(RefresherOptions.NETWORK_DEADLINE);
        return over(wire, tool.credential(), request -> tool.admit(options.tenants().resolve(request)), common, deadline,
                validity, runtime);
    }

    /** For whoever is signed in to Visual Studio Code, who can change behind our back. */
    static CredentialEngine visualStudioCode(String credential, EntraOptions options, @Nullable TokenBroker broker) {
        UserEngine.Wiring user = UserEngine.wiring(credential, options, entra -> AuthenticationProvider.NONE);
        CredentialOptions common = options.common();
        Executables executables = Executables.ofThisMachine(common.environment()::apply);
        SignInRecord record = SignInRecord.of(executables);
        TokenSource wire = new VisualStudioCodeSource(new VisualStudioCodeSource.Wiring(user.application(), broker, record,
                options.authority(), executables, user.runtime(), common.scheduler(),
                authority -> user.entra().endpoint(user.application(), user.entra().userAuthorities(authority,
                        options.disableInstanceDiscovery()), AuthenticationProvider.NONE),
                () -> Instant.ofEpochMilli(common.timeSource().wallMillis())));
        Validity validity = broker == null ? null : new AccountFiles(record.places(), user.runtime()::io, common.scheduler());
        return over(wire, credential, request -> admit(credential, options.tenants(), request), common,
                RefresherOptions.NETWORK_DEADLINE, validity, user.runtime());
    }

    /** For the identity of the machine. */
    static CredentialEngine managedIdentity(String credential, CredentialOptions options, @Nullable HttpClient httpClient,
            Machine machine, ManagedIdentityId id, Position position) {
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        Hosts hosts = new Hosts(runtime, httpClient, options.timeSource(), options.scheduler(), machine, id, position);
        return over(hosts.source(), credential, Hosts::admit, options, Hosts.DEADLINE, null, runtime);
    }

    private static CredentialEngine over(TokenSource wire, String credential, UnaryOperator<TokenRequestContext> admission,
            CredentialOptions options, SharedRuntime.Lease runtime) {
        return over(wire, credential, admission, options, RefresherOptions.NETWORK_DEADLINE, null, runtime);
    }

    /** From the wire up to what {@code getToken} calls. */
    private static CredentialEngine over(TokenSource wire, String credential, UnaryOperator<TokenRequestContext> admission,
            CredentialOptions options, Duration flightDeadline, @Nullable Validity validity, SharedRuntime.Lease runtime) {
        return new CredentialEngine(refresher(wire, credential, admission, options, flightDeadline, validity), runtime);
    }

    /** What is between a credential and its wire, from below to above. */
    static TokenRefresher refresher(TokenSource wire, String credential, UnaryOperator<TokenRequestContext> admission,
            CredentialOptions options, Duration flightDeadline, @Nullable Validity validity) {
        TokenSource logged = new LoggingSource(credential, wire, options.timeSource());
        return new TokenRefresher(logged, admission, new RefresherOptions(credential, options.timeSource(),
                options.scheduler(), flightDeadline, options.maxCachedTokens(), options.listener()), validity);
    }

    Mono<AccessToken> getToken(TokenRequestContext request) {
        return refresher.acquire(request);
    }

    Mono<Void> close() {
        return refresher.close().then(Mono.fromRunnable(runtime::release));
    }
}
