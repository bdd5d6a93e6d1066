package dev.monocred.internal.managedidentity;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The table that tells hosts apart: the first row that fits is the host (platform.md 2). Rows read variables, and at most
 * one asks whether a file exists; nothing is sent.
 */
@SuppressWarnings("ImmutableEnumChecker") // Functions without state; no annotation can say so.
enum ManagedIdentitySources {

    /** Before App Service, whose variables it has too. */
    SERVICE_FABRIC(machine -> machine.has("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"),
            Hosts::serviceFabric),
    /** Before the variables of 2017, which App Service sets as well. */
    APP_SERVICE(machine -> machine.has("IDENTITY_ENDPOINT", "IDENTITY_HEADER"), Hosts::appService),
    MACHINE_LEARNING(machine -> machine.has("MSI_ENDPOINT", "MSI_SECRET"), Hosts::machineLearning),
    CLOUD_SHELL(machine -> machine.has("MSI_ENDPOINT"), Hosts::cloudShell),
    ARC(machine -> machine.has("IDENTITY_ENDPOINT", "IMDS_ENDPOINT") || hasArcAgent(machine), Hosts::arc),
    /** The only host without a mark. */
    IMDS(machine -> true, Hosts::imds);

    private final Predicate<Machine> isHere;
    private final Function<Hosts, ManagedIdentitySource> factory;

    ManagedIdentitySources(Predicate<Machine> isHere, Function<Hosts, ManagedIdentitySource> factory) {
        this.isHere = isHere;
        this.factory = factory;
    }

    /** The row of a machine. May read the file system: not for an event loop. */
    static ManagedIdentitySources of(Machine machine) {
        return List.of(values()).stream().filter(row -> row.isHere.test(machine)).findFirst().orElse(IMDS);
    }

    ManagedIdentitySource source(Hosts hosts) {
        return factory.apply(hosts);
    }

    private static boolean hasArcAgent(Machine machine) {
        Path agent = arcAgent(machine);
        return agent != null && Files.exists(agent);
    }

    private static @Nullable Path arcAgent(Machine machine) {
        if (machine.isLinux()) {
            return machine.root().resolve("opt/azcmagent/bin/himds");
        }
        Path programs = machine.isWindows() ? machine.directory("ProgramFiles") : null;
        return programs == null ? null : programs.resolve("AzureConnectedMachineAgent").resolve("himds.exe");
    }
}
