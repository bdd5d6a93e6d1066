package dev.monocred.internal.managedidentity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class ManagedIdentitySourcesTest {

    private static final Map<Character, String> NAMES = Map.of('E', "IDENTITY_ENDPOINT", 'H', "IDENTITY_HEADER", 'T',
            "IDENTITY_SERVER_THUMBPRINT", 'M', "MSI_ENDPOINT", 'S', "MSI_SECRET", 'I', "IMDS_ENDPOINT");

    @TempDir
    private Path root = Path.of("");

    private Machine machine(String os, Map<String, String> variables) {
        return new Machine(variables::get, os, root, URI.create("http://localhost"));
    }

    private static Map<String, String> variables(String letters, String value) {
        Map<String, String> variables = new HashMap<>();
        letters.chars().forEach(letter -> variables.put(String.valueOf(NAMES.get((char) letter)), value));
        return variables;
    }

    @ParameterizedTest
    @CsvSource({"EHT,SERVICE_FABRIC", "EHTMSI,SERVICE_FABRIC", "EH,APP_SERVICE", "EHMSI,APP_SERVICE", "EHI,APP_SERVICE",
        "MS,MACHINE_LEARNING", "MSEI,MACHINE_LEARNING", "M,CLOUD_SHELL", "MEI,CLOUD_SHELL", "MH,CLOUD_SHELL", "EI,ARC", "E,IMDS",
        "I,IMDS", "H,IMDS", "HT,IMDS", "S,IMDS", "'',IMDS"})
    void theVariablesTellTheHost(String letters, ManagedIdentitySources expected) { // 21, 23
        assertThat(ManagedIdentitySources.of(machine("Linux", variables(letters, "x")))).isEqualTo(expected);
    }

    @Test
    void blankVariablesCountAsUnset() { // 22
        assertThat(ManagedIdentitySources.of(machine("Linux", variables("EHTMSI", " ")))).isEqualTo(ManagedIdentitySources.IMDS);
    }

    @Test
    void theAgentsFileTellsArc() throws IOException { // 24
        Path agent = root.resolve("opt/azcmagent/bin/himds");
        Files.createDirectories(agent.getParent());
        Files.createFile(agent);
        assertThat(ManagedIdentitySources.of(machine("Linux", Map.of()))).isEqualTo(ManagedIdentitySources.ARC);
        assertThat(ManagedIdentitySources.of(machine("Mac OS X", Map.of()))).isEqualTo(ManagedIdentitySources.IMDS);
        assertThat(ManagedIdentitySources.of(machine("Linux", variables("EH", "x")))).isEqualTo(ManagedIdentitySources.APP_SERVICE);
    }

    @Test
    void theAgentsFileTellsArcOnWindows() throws IOException { // 24
        Path programs = root.resolve("Program Files");
        Files.createDirectories(programs.resolve("AzureConnectedMachineAgent"));
        Files.createFile(programs.resolve("AzureConnectedMachineAgent").resolve("himds.exe"));
        Map<String, String> variables = Map.of("ProgramFiles", programs.toString());
        assertThat(ManagedIdentitySources.of(machine("Windows Server 2022", variables))).isEqualTo(ManagedIdentitySources.ARC);
        assertThat(ManagedIdentitySources.of(machine("Linux", variables))).isEqualTo(ManagedIdentitySources.IMDS);
    }
}
