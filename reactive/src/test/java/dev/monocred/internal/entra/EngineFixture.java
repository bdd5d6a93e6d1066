package dev.monocred.internal.entra;

import dev.monocred.core.TimeSource;
import dev.monocred.internal.http.HttpLimits;
import dev.monocred.internal.http.RetryRule;
import dev.monocred.internal.runtime.SharedRuntime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** An engine on real sockets and real time, with limits as short as a loopback connection allows. */
final class EngineFixture {

    static final Duration TOTAL = Duration.ofMillis(1500);
    static final HttpLimits LIMITS =
            HttpLimits.DEFAULTS.withTimes(Duration.ofMillis(400), Duration.ofMillis(700), TOTAL);
    /** Room for three attempts that all take their whole time. */
    static final RetryRule RULE = RetryRule.DEFAULTS.withTimes(TOTAL, Duration.ofSeconds(10));

    final Map<String, String> environment = new HashMap<>();
    final SharedRuntime.Lease runtime = SharedRuntime.lease();
    private final EntraEngine engine;

    EngineFixture(@Nullable HttpClient client) {
        this(client, RULE);
    }

    EngineFixture(@Nullable HttpClient client, RetryRule rule) {
        TimeSource time = new TimeSource() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }
        };
        engine = new EntraEngine(
                new EntraEngine.Wiring(runtime, client, time, Schedulers.parallel(), name -> environment.getOrDefault(name, ""), "quick-app"), LIMITS, rule);
    }

    EntraEngine engine() {
        return engine;
    }

    void close() {
        runtime.release();
    }
}
