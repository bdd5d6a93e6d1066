package dev.monocred.internal.entra;

import dev.monocred.core.oauth.Authority;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Which authority a request really goes to: a region's if there is one, and otherwise the configured one, after discovery
 * where that has something to say.
 *
 * @param configured the credential's own
 * @param regions finds the region, or {@code null} if the flow has none
 * @param discovery asks about unknown hosts, or {@code null} if it is switched off
 */
public record Authorities(Authority configured, @Nullable RegionDiscovery regions, @Nullable InstanceDiscovery discovery) {

    /**
     * Settles it for one acquisition.
     *
     * @param credential whose name stands first in an error
     * @param tenant for which tenant
     */
    public Mono<Authority> resolve(String credential, String tenant) {
        return (regions == null ? Mono.just(configured) : regions.locate(configured))
                .flatMap(found -> needsDiscovery(found, tenant) && discovery != null
                        ? discovery.check(credential, found, tenant).thenReturn(found) : Mono.just(found));
    }

    private boolean needsDiscovery(Authority found, String tenant) {
        return found.equals(configured) && !found.isKnown() && !tenant.equalsIgnoreCase("adfs");
    }
}
