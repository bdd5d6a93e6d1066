package dev.monocred.internal.entra;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Json;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpExchange;
import dev.monocred.internal.http.HttpLimits;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The region whose authority an application asks (entra.md 1.7), for client credentials only. Named, or found once, when the
 * first token is asked for: from the environment, else from the machine's metadata service. What cannot be found is not
 * asked for again, and the global authority serves.
 */
public final class RegionDiscovery {

    /** The variable that names the region. */
    public static final String REGION_VARIABLE = "AZURE_REGIONAL_AUTHORITY_NAME";

    /** Where virtual machines ask about themselves. */
    public static final URI METADATA = URI.create("http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01");

    /** Two seconds in all: most machines that are not in Azure never answer. */
    public static final HttpLimits LIMITS =
            HttpLimits.DEFAULTS.withTimes(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));

    private static final Logger LOG = LoggerFactory.getLogger(RegionDiscovery.class);
    private static final Set<String> AUTOMATIC = Set.of("tryautodetect", "autodiscoverregion", "true");

    private final Mono<String> region;

    /**
     * Makes a discovery; nothing is asked or looked up.
     *
     * @param environment looks up an environment variable
     * @param http asks the metadata service; with {@link #LIMITS}
     * @param metadata {@link #METADATA}, or a test's own
     */
    public RegionDiscovery(Function<String, @Nullable String> environment, HttpExchange http, URI metadata) {
        this.region = Mono.defer(() -> find(environment, http, metadata))
                .onErrorResume(Exception.class, RegionDiscovery::none)
                .cache();
    }

    /** The authority of the region, or the given one if there is none. */
    Mono<Authority> locate(Authority global) {
        return region.flatMap(name -> regional(global, name)).defaultIfEmpty(global);
    }

    private static Mono<String> find(Function<String, @Nullable String> environment, HttpExchange http, URI metadata) {
        String set = environment.apply(REGION_VARIABLE);
        if (set == null || set.isBlank()) {
            return Mono.empty();
        }
        if (!AUTOMATIC.contains(set.strip().toLowerCase(Locale.ROOT))) {
            return Mono.just(set);
        }
        String named = environment.apply("REGION_NAME");
        return named != null && !named.isBlank() ? Mono.just(named)
                : http.send(HttpCall.get(metadata, Map.of("Metadata", "true"))).flatMap(raw -> Mono.justOrEmpty(location(raw)));
    }

    private static @Nullable String location(RawAnswer raw) {
        ObjectNode body = raw.status() == 200 ? Json.object(raw.body()) : null;
        String location = body == null ? "" : body.path("location").asText("");
        return location.isBlank() ? null : location;
    }

    private static Mono<Authority> regional(Authority global, String name) {
        try {
            return Mono.just(global.inRegion(name));
        } catch (IllegalArgumentException notARegion) {
            return none(notARegion);
        }
    }

    private static <T> Mono<T> none(Exception why) {
        LOG.warn("No regional authority ({}); the global one serves", why.getMessage());
        return Mono.empty();
    }
}
