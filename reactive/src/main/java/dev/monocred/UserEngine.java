package dev.monocred;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.CloudHosts;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.Authorities;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.refresh.RefresherOptions;
import dev.monocred.internal.refresh.TokenRefresher;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.signin.Prompts;
import dev.monocred.internal.signin.SignIn;
import dev.monocred.internal.signin.TokenStores;
import dev.monocred.internal.signin.UserAccount;
import dev.monocred.internal.signin.UserTokenSource;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What is behind a credential for people: {@link CredentialEngine} with refresh tokens below the refresher and, where a
 * person is asked, the prompt above it.
 */
final class UserEngine {

    /** What {@code authenticate} asks for when nobody says: the resource of each cloud that every account may ask for. */
    private static final Map<String, String> DEFAULT_SCOPES = Map.of(
            "login.windows.net", "https://management.core.windows.net//.default",
            "login.microsoftonline.us", "https://management.core.usgovcloudapi.net//.default",
            "login.partner.microsoftonline.cn", "https://management.core.chinacloudapi.cn//.default");

    private final String credential;
    private final Authority authority;
    private final TokenRefresher held;
    private final Prompts prompts;
    private final boolean isAutomatic;
    private final SharedRuntime.Lease runtime;

    private UserEngine(String credential, Authority authority, TokenRefresher held, Prompts prompts, boolean isAutomatic,
            SharedRuntime.Lease runtime) {
        this.credential = credential;
        this.authority = authority;
        this.held = held;
        this.prompts = prompts;
        this.isAutomatic = isAutomatic;
        this.runtime = runtime;
    }

    /**
     * What a sign-in is made of.
     *
     * @param application who asks
     * @param authorities where
     * @param entra what sends
     * @param endpoint exchanges a grant for tokens
     * @param common clocks and timers
     * @param runtime the credential's share of what the process has
     */
    record Wiring(Application application, Authorities authorities, EntraEngine entra, EntraTokenSource endpoint,
            CredentialOptions common, SharedRuntime.Lease runtime) {}

    /**
     * For a credential that has something to redeem: no person is needed, so it is done within a flight, which goes on when
     * everybody has left.
     *
     * @param credential the name of its class
     * @param options what it was told
     * @param authentication how the application proves itself
     * @param how what is done when no refresh token does; asked by one at a time
     */
    static UserEngine redeeming(String credential, EntraOptions options,
            Function<EntraEngine, AuthenticationProvider> authentication, Function<Wiring, SignIn> how) {
        Wiring wiring = wiring(credential, options, authentication);
        SignIn signIn = how.apply(wiring);
        return over(wiring, options, null, signIn, signIn, false);
    }

    /**
     * For a credential that asks a person, of a public application: the prompt is no flight, and goes away with the last who
     * waits for it.
     *
     * @param credential the name of its class
     * @param options what it was told
     * @param how how the person is asked; one at a time
     */
    static UserEngine prompting(String credential, UserOptions options, Function<Wiring, SignIn> how) {
        Wiring wiring = wiring(credential, options.entra(), entra -> AuthenticationProvider.NONE);
        SignIn nobody = (request, refusal) -> Mono.error(TokenErrors.signInRequired(credential, request, refusal,
                "A person has to sign in: call authenticate()"));
        return over(wiring, options.entra(), options.record(), nobody, how.apply(wiring), options.isAutomatic());
    }

    static Wiring wiring(String credential, EntraOptions options,
            Function<EntraEngine, AuthenticationProvider> authentication) {
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        EntraEngine entra = CredentialEngine.entra(options, runtime);
        Application application = new Application(credential, options.tenantId(), options.clientId());
        Authorities authorities = entra.userAuthorities(options.authority(), options.disableInstanceDiscovery());
        return new Wiring(application, authorities, entra,
                entra.endpoint(application, authorities, authentication.apply(entra)), options.common(), runtime);
    }

    private static UserEngine over(Wiring wiring, EntraOptions options, @Nullable AuthenticationRecord record,
            SignIn within, SignIn above, boolean isAutomatic) {
        CredentialOptions common = options.common();
        String credential = wiring.application().credential();
        UnaryOperator<TokenRequestContext> admission = request -> CredentialEngine.admit(credential, options.tenants(), request);
        UserAccount account = new UserAccount(wiring.application(), options.authority(), TokenStores.inMemory(),
                () -> Instant.ofEpochMilli(common.timeSource().wallMillis())).of(record);
        TokenRefresher held = CredentialEngine.refresher(
                new UserTokenSource(wiring.application(), options.authority(), wiring.endpoint(), account, within),
                credential, admission, common, RefresherOptions.NETWORK_DEADLINE, null);
        return new UserEngine(credential, options.authority(), held,
                new Prompts(credential, held, admission, account, above), isAutomatic, wiring.runtime());
    }

    Mono<AccessToken> getToken(TokenRequestContext request) {
        return isAutomatic ? prompts.getToken(request) : held.acquire(request);
    }

    Mono<AuthenticationRecord> authenticate(TokenRequestContext request) {
        return prompts.authenticate(request);
    }

    /** With the scope that each cloud has for that. */
    Mono<AuthenticationRecord> authenticate() {
        return Mono.defer(() -> {
            String scope = DEFAULT_SCOPES.get(CloudHosts.cacheName(authority.host()));
            return scope != null ? authenticate(TokenRequestContext.of(scope))
                    : Mono.error(new CredentialUnavailableException(TokenErrors.sentence(credential,
                            "there is no usual scope for the authority host " + authority.host(),
                            "Name the scopes: authenticate(TokenRequestContext.of(…))", null)));
        });
    }

    Mono<Void> close() {
        return prompts.close().then(held.close()).then(Mono.fromRunnable(runtime::release));
    }
}
