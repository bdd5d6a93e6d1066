package dev.monocred.internal.managedidentity;

import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpLimits;
import dev.monocred.internal.http.ProxyRules;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.source.TokenSource;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;

/**
 * Everything below a managed identity, put together: the only place that knows what each host needs. Making it opens, reads
 * and starts nothing. No host is ever asked through a proxy (N-6): it is another machine's there.
 *
 * @param runtime the credential's share of what the process has
 * @param httpClient the application's own, or {@code null}
 * @param time both clocks
 * @param timer runs delays and timeouts
 * @param machine what is asked which host it is
 * @param id which identity
 * @param position what else is tried
 */
public record Hosts(SharedRuntime.Lease runtime, @Nullable HttpClient httpClient, TimeSource time, Scheduler timer,
        Machine machine, ManagedIdentityId id, Position position) {

    /** What the slowest host may take (F-7): its updates alone take 70 s. */
    public static final Duration DEADLINE = HostRetryRule.IMDS.deadline();

    /** An attempt at a host that is this machine. */
    static final HttpLimits LIMITS =
            HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10));

    private static final Logger LOG = LoggerFactory.getLogger("dev.monocred");
    private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();
    private static final ProxyRules NO_PROXY = new ProxyRules(name -> null, name -> null);

    /** Refuses what no host can answer, and drops the tenant: a host knows only its own. */
    public static TokenRequestContext admit(TokenRequestContext request) {
        if (request.scopes().size() != 1 || request.scopes().get(0).isBlank()) {
            throw new IllegalArgumentException(HostErrors.CREDENTIAL + " needs exactly one scope, as in"
                    + " https://vault.azure.net/.default, but got " + request.scopes());
        }
        if (request.tenantId() == null) {
            return request;
        }
        LOG.debug("{} ignores the tenant of a request: a host knows only its own", HostErrors.CREDENTIAL);
        return request.withTenantId(null);
    }

    /** The source of this machine, which is found at the first use. */
    public TokenSource source() {
        return new DetectedTokenSource(this::detect, runtime::io);
    }

    private TokenSource detect() {
        if (position != Position.IN_DEFAULT_CHAIN && TokenExchange.isHere(machine)) {
            LOG.info("{} asks Microsoft Entra with the token of this pod for {}", HostErrors.CREDENTIAL, id);
            return TokenExchange.source(this);
        }
        ManagedIdentitySource host = ManagedIdentitySources.of(machine).source(this);
        LOG.info("{} asks {} for {}", HostErrors.CREDENTIAL, host.host(), id);
        return new HostTokenSource(host, new HostRetries(time, timer, RANDOM));
    }

    ServiceFabricSource serviceFabric() {
        PinnedTrust trust = PinnedTrust.of("IDENTITY_SERVER_THUMBPRINT", machine.variable("IDENTITY_SERVER_THUMBPRINT"));
        return new ServiceFabricSource(machine, id, new HttpExchange(runtime, trust.client(), LIMITS, timer, NO_PROXY));
    }

    AppServiceSource appService() {
        return new AppServiceSource(machine, id, exchange(LIMITS));
    }

    MachineLearningSource machineLearning() {
        return new MachineLearningSource(machine, id, exchange(LIMITS));
    }

    CloudShellSource cloudShell() {
        return new CloudShellSource(machine, id, exchange(LIMITS));
    }

    ArcSource arc() {
        return new ArcSource(machine, id, runtime, exchange(LIMITS));
    }

    ImdsSource imds() {
        return new ImdsSource(this, exchange(ImdsSource.LIMITS), exchange(ImdsSource.PROBE_LIMITS));
    }

    private HttpExchange exchange(HttpLimits limits) {
        return new HttpExchange(runtime, httpClient == null ? null : httpClient.noProxy(), limits, timer, NO_PROXY);
    }
}
