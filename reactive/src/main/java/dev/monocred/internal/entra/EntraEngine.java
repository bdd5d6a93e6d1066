package dev.monocred.internal.entra;

import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Grant;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpLimits;
import dev.monocred.internal.http.HttpSender;
import dev.monocred.internal.http.ProxyRules;
import dev.monocred.internal.http.Retries;
import dev.monocred.internal.http.RetryRule;
import dev.monocred.internal.runtime.SharedRuntime;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;

/**
 * Everything below a credential that talks to Entra, put together: one engine for each credential, and the only place that
 * knows all these parts. Making it opens, reads and starts nothing.
 */
public final class EntraEngine {

    // A random source of each thread's own; none of what is drawn is a secret.
    private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

    private final Wiring wiring;
    private final HttpLimits limits;
    private final RetryRule rule;
    private final ClientHeaders headers;
    private final HttpExchange http;
    private final OAuthTokenClient client;
    private final boolean isProxied;

    /** Makes the engine of a credential. */
    public EntraEngine(Wiring wiring) {
        this(wiring, HttpLimits.DEFAULTS, RetryRule.DEFAULTS);
    }

    EntraEngine(Wiring wiring, HttpLimits limits, RetryRule rule) {
        this.wiring = wiring;
        this.limits = limits;
        this.headers = new ClientHeaders(wiring.applicationId(), RANDOM);
        this.rule = rule;
        this.http = exchange(limits);
        this.client = client(http);
        this.isProxied = false;
    }

    private EntraEngine(EntraEngine other, HttpSender tokenRequests) {
        this.wiring = other.wiring;
        this.limits = other.limits;
        this.rule = other.rule;
        this.headers = other.headers;
        this.http = other.http;
        this.client = client(tokenRequests);
        this.isProxied = true;
    }

    private OAuthTokenClient client(HttpSender tokenRequests) {
        return new OAuthTokenClient(wiring.runtime(), tokenRequests, retries(), wiring.time(), RANDOM, headers);
    }

    private Retries retries() {
        return new Retries(rule, wiring.time(), wiring.timer(), RANDOM);
    }

    /**
     * What comes from outside.
     *
     * @param runtime the credential's share of what the process has
     * @param httpClient the application's own, or {@code null}
     * @param time both clocks
     * @param timer runs delays and timeouts
     * @param environment looks up an environment variable
     * @param applicationId what the application calls itself, or {@code null}
     */
    public record Wiring(SharedRuntime.Lease runtime, @Nullable HttpClient httpClient, TimeSource time, Scheduler timer,
            Function<String, @Nullable String> environment, @Nullable String applicationId) {}

    /** What sends; for flows that do not fit a source. */
    public OAuthTokenClient client() {
        return client;
    }

    /**
     * The same engine, whose token requests go through a proxy of the cluster. It asks nobody else about anything.
     *
     * @param credential whose name stands first in an error
     * @param settings where the proxy is
     */
    public EntraEngine through(String credential, TokenProxySettings settings) {
        HttpClient given = wiring.httpClient();
        return new EntraEngine(this, new TokenProxy(credential, settings,
                given == null ? wiring.runtime()::httpClient : () -> given, client -> exchange(client, limits),
                wiring.runtime()::io));
    }

    private HttpExchange exchange(HttpLimits limits) {
        return exchange(wiring.httpClient(), limits);
    }

    private HttpExchange exchange(@Nullable HttpClient client, HttpLimits limits) {
        return new HttpExchange(wiring.runtime(), client, limits, wiring.timer(),
                new ProxyRules(wiring.environment(), System::getProperty));
    }

    /** Where an application asks for itself: a region's authority if one is set. */
    public Authorities applicationAuthorities(Authority configured, boolean isDiscoveryDisabled) {
        return isProxied ? new Authorities(configured, null, null)
                : regionalAuthorities(configured, isDiscoveryDisabled, RegionDiscovery.METADATA);
    }

    Authorities regionalAuthorities(Authority configured, boolean isDiscoveryDisabled, URI metadata) {
        return new Authorities(configured,
                new RegionDiscovery(wiring.environment(), exchange(RegionDiscovery.LIMITS), metadata),
                discovery(isDiscoveryDisabled));
    }

    /** Where tokens for people are asked for: never a region's. */
    public Authorities userAuthorities(Authority configured, boolean isDiscoveryDisabled) {
        return new Authorities(configured, null, discovery(isDiscoveryDisabled));
    }

    private @Nullable InstanceDiscovery discovery(boolean isDisabled) {
        return isDisabled ? null
                : new InstanceDiscovery(wiring.runtime(), http, headers, wiring.time(), wiring.timer());
    }

    /**
     * Code of the application that gives a text.
     *
     * @param credential whose name stands first in an error
     * @param what it gives, as in {@code client secret}
     * @param supplier the code
     */
    public ApplicationCallback callback(String credential, String what, Supplier<Mono<String>> supplier) {
        return new ApplicationCallback(credential, what, supplier, wiring.runtime()::io, limits.total(), wiring.timer());
    }

    /**
     * A certificate as proof.
     *
     * @param holder whose it is
     * @param store where it comes from
     * @param style what assertions look like
     * @param signer signs where the key is, or {@code null} if the key is here
     */
    public CertificateAuthentication certificate(CertificateAuthentication.Holder holder, CertificateStore store,
            CertificateAuthentication.Style style, @Nullable Function<byte[], Mono<byte[]>> signer) {
        return new CertificateAuthentication(holder, store, style,
                signer == null ? null : bytes -> signature(holder, signer, bytes).text(), wiring.runtime()::io, wiring.time());
    }

    private ApplicationCallback signature(CertificateAuthentication.Holder holder, Function<byte[], Mono<byte[]>> signer,
            byte[] bytes) {
        return callback(holder.credential(), "signature",
                () -> signer.apply(bytes).map(Base64.getUrlEncoder().withoutPadding()::encodeToString));
    }

    /**
     * The token of a cluster's workload as proof.
     *
     * @param credential whose name stands first in an error
     * @param file where it is
     */
    public FederatedTokenFile tokenFile(String credential, Path file) {
        return new FederatedTokenFile(credential, file, wiring.runtime()::io);
    }

    /**
     * Where a device gets its codes.
     *
     * @param application who asks
     * @param authorities where
     */
    public DeviceAuthorizationClient deviceAuthorization(Application application, Authorities authorities) {
        return new DeviceAuthorizationClient(application, authorities, http, retries(), headers, wiring.time());
    }

    /**
     * The token endpoint for flows that exchange one grant after another.
     *
     * @param application who asks
     * @param authorities where
     * @param authentication how it proves itself
     */
    public EntraTokenSource endpoint(Application application, Authorities authorities, AuthenticationProvider authentication) {
        return source(application, authorities, authentication, request -> Mono.empty());
    }

    /**
     * What Azure Pipelines makes for a job as proof.
     *
     * @param connection which service connection
     */
    public PipelinesAssertion pipelines(PipelinesAssertion.Connection connection) {
        return new PipelinesAssertion(connection, wiring.environment(), http, retries(), wiring.time());
    }

    /**
     * Puts a source together.
     *
     * @param application who asks
     * @param authorities where
     * @param authentication how it proves itself
     * @param grants what is exchanged for a token: called and subscribed once for each acquisition
     */
    public EntraTokenSource source(Application application, Authorities authorities, AuthenticationProvider authentication,
            Function<TokenRequestContext, Mono<Grant>> grants) {
        return new EntraTokenSource(application, authorities, authentication, grants, client);
    }
}
