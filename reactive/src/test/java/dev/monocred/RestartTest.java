package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sign in once, restart the program, get a token without being asked: two virtual machines, one cache, one token endpoint. */
class RestartTest {

    private static final String VAULT = "https://vault.azure.net/.default";
    private static final String GRAPH = "https://graph.microsoft.com/.default";

    @TempDir
    private Path home;

    @Test
    void whoSignedInOnceIsNotAskedAfterARestart() throws Exception {
        try (FakeEntra entra = FakeEntra.start()) {
            List<String> first = run(entra, VAULT);
            assertThat(entra.devices().requests()).as("asked once").hasSize(1);
            int requests = entra.tokenRequests();

            assertThat(run(entra, VAULT)).as("the very token that is remembered").isEqualTo(first);
            assertThat(entra.tokenRequests()).isEqualTo(requests);

            assertThat(run(entra, VAULT, GRAPH)).as("another one, by the refresh token").hasSize(2).startsWith(first.get(0))
                    .doesNotHaveDuplicates();
            assertThat(entra.tokenRequests()).isEqualTo(requests + 1);
            assertThat(entra.devices().requests()).as("and nobody was asked again").hasSize(1);
        }
    }

    private List<String> run(FakeEntra entra, String... scopes) throws IOException, InterruptedException {
        Path certificate = Files.writeString(home.resolve("trusted.pem"), entra.certificatePem());
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), RestartedProgram.class.getName(),
                entra.authorityHost(), certificate.toString(), home.toString()));
        command.addAll(List.of(scopes));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.lines().filter(line -> line.startsWith("token ")).toList();
    }
}
