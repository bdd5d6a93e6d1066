package dev.monocred.internal.managedidentity;

import dev.monocred.core.AzureAuthorityHosts;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.TenantResolver;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.source.TokenSource;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A pod that has a workload identity of its own: not its machine is asked but Entra, with the pod's token (platform.md 15).
 * Comes before all hosts, whose identity would be another one.
 */
final class TokenExchange {

    private static final String TENANT = "AZURE_TENANT_ID";
    private static final String CLIENT = "AZURE_CLIENT_ID";
    private static final String FILE = "AZURE_FEDERATED_TOKEN_FILE";

    private TokenExchange() {}

    static boolean isHere(Machine machine) {
        return machine.has(TENANT, FILE);
    }

    /** Made where {@link #isHere} is; neither discovery nor regions apply. */
    static TokenSource source(Hosts hosts) {
        Machine machine = hosts.machine();
        String credential = HostErrors.CREDENTIAL;
        EntraEngine entra = new EntraEngine(new EntraEngine.Wiring(hosts.runtime(), hosts.httpClient(), hosts.time(), hosts.timer(),
                machine.environment(), null));
        return entra.source(
                new EntraTokenSource.Application(credential, TenantResolver.checkTenantId(set(machine, TENANT)), clientId(hosts)),
                entra.userAuthorities(authority(machine), true),
                entra.tokenFile(credential, Path.of(set(machine, FILE))), EntraTokenSource::clientCredentials);
    }

    private static String clientId(Hosts hosts) {
        ManagedIdentityId id = hosts.id();
        String variable = hosts.machine().variable(CLIENT);
        if (!id.isSystem() && id.kind() != ManagedIdentityId.Kind.CLIENT_ID) {
            throw HostErrors.unavailable("a pod's workload identity has no " + id.name(), "Name it by its clientId, or by " + CLIENT);
        }
        if (id.isSystem() && variable == null) {
            throw HostErrors.unavailable(TENANT + " and " + FILE + " are set, but " + CLIENT + " is not",
                    "Set it, or clientId, to the client id of the pod's identity");
        }
        return id.isSystem() ? Objects.requireNonNull(variable) : id.value();
    }

    private static Authority authority(Machine machine) {
        String host = machine.variable("AZURE_AUTHORITY_HOST");
        return Authority.parse(host == null ? AzureAuthorityHosts.AZURE_PUBLIC_CLOUD : host);
    }

    private static String set(Machine machine, String variable) {
        return Objects.requireNonNull(machine.variable(variable));
    }
}
