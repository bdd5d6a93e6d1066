package dev.monocred.internal.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Executables;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AzurePowerShellTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final long END = NOW.getEpochSecond() + 3600;

    private final AzurePowerShell tool = new AzurePowerShell(null);

    @Test
    void theScriptIsAConstantThatDecodes() {
        List<String> one = tool.arguments(TokenRequestContext.of("https://a/.default"));
        List<String> other = new AzurePowerShell("contoso").arguments(TokenRequestContext.of("https://b/.default"));
        assertThat(one).isEqualTo(other).startsWith("-NoProfile", "-NonInteractive");
        assertThat(one.get(one.size() - 2)).isEqualTo("-EncodedCommand");

        String encoded = one.get(one.size() - 1);
        String script = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_16LE);
        assertThat(script).startsWith("$ErrorActionPreference = 'Stop'").contains("-MinimumVersion 2.2.0", "[version]'2.17.0'",
                "[version]'5.0.0'", "AsSecureString", "SecureStringToBSTR", "ConvertFrom-SecureString").doesNotContain("https://");
        assertThat(encoded.length()).as("cmd.exe takes 8191 characters").isLessThan(7_000);
    }

    @Test
    void whatIsAskedForTravelsInTheEnvironment() {
        TokenRequestContext request = TokenRequestContext.of("https://a//.default");
        assertThat(tool.environment(request)).containsEntry("MONOCRED_RESOURCE", "https://a/").containsEntry("MONOCRED_TENANT_ID", "");
        assertThat(tool.environment(request.withTenantId("contoso"))).containsEntry("MONOCRED_TENANT_ID", "contoso");
        assertThat(new AzurePowerShell("organizations").environment(request)).containsEntry("MONOCRED_TENANT_ID", "");
    }

    @Test
    void readsTheMarkedLineAmongBanners() {
        String output = "Welcome to the shell!\r\n\r\nmonocred%tok.en-1%" + END + "\r\nmonocred%other%" + END + "\r\nbye\r\n";
        assertThat(tool.token(output, NOW)).isNotNull().satisfies(token -> {
            assertThat(token.token()).isEqualTo("tok.en-1");
            assertThat(token.expiresAt()).isEqualTo(Instant.ofEpochSecond(END));
        });
    }

    @Test
    void whatIsNotThreePartsIsNoToken() {
        for (String line : List.of("monocred%t", "monocred%t%", "monocred%t%soon", "monocred%%" + END, "monocred%t%" + END + "%x",
                "monocred%t%-5", "monocred%t u%" + END, "{\"Token\": \"t\", \"ExpiresOn\": \"/Date(1893456000000)/\"}", "")) {
            assertThat(tool.token(line, NOW)).as(line).isNull();
        }
    }

    @Test
    void windowsPowerShellIsTakenWhereThereIsNoOther() {
        String windowsPowerShell = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
        String powerShell = "C:\\Program Files\\PowerShell\\7\\pwsh.exe";
        assertThat(found(windowsPowerShell)).isEqualTo(windowsPowerShell);
        assertThat(found(windowsPowerShell, powerShell)).isEqualTo(powerShell);
        assertThat(found()).isNull();
    }

    private @Nullable String found(String... files) {
        Map<String, String> variables = Map.of("SystemRoot", "C:\\Windows", "ProgramFiles", "C:\\Program Files", "PATH", "C:\\x");
        return new Executables(true, variables::get, new Executables.FileCheck() {
            @Override
            public boolean isExecutable(String path) {
                return List.of(files).contains(path);
            }

            @Override
            public boolean isDirectory(String path) {
                return true;
            }
        }).find(tool.program());
    }

    @Test
    void readsErrorsThatAreXml() {
        String errors = "#< CLIXML\r\n<Objs Version=\"1.1.0.1\"><S S=\"Error\">Get-AzAccessToken : Run Connect-AzAccount to "
                + "login._x000D__x000A_</S><S S=\"Error\">At line:1 &amp; &lt;there&gt;</S></Objs>";
        assertThat(tool.complaint(errors)).isEqualTo("Get-AzAccessToken : Run Connect-AzAccount to login.\nAt line:1 & <there>");
        assertThat(tool.isSignedOut(errors)).isTrue();
    }
}
