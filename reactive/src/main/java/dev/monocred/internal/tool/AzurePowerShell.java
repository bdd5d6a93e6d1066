package dev.monocred.internal.tool;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.process.Program;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PowerShell with the module Az.Accounts (developer-tools.md 4). The script is a constant: what is asked for reaches it
 * through its environment, so there is nothing to quote.
 *
 * @param tenantId the configured tenant, or {@code null} for the context's own
 */
public record AzurePowerShell(@Nullable String tenantId) implements DeveloperTool {

    /** Begins the one line that is meant for us, among banners, warnings and progress. */
    static final String MARKER = "monocred%";

    private static final String RESOURCE = "MONOCRED_RESOURCE";
    private static final String TENANT = "MONOCRED_TENANT_ID";
    private static final String NO_MODULE = MARKER + "no-module";

    private static final Program PROGRAM = new Program("Azure PowerShell", List.of("pwsh"),
            List.of("/opt/homebrew/bin", "/usr/local/bin", "/usr/local/microsoft/powershell/7", "/opt/microsoft/powershell/7",
                    "/snap/bin", "%HOME%/.dotnet/tools"),
            List.of("pwsh.exe", "powershell.exe"),
            List.of("%ProgramFiles%\\PowerShell\\7", "%SystemRoot%\\System32\\WindowsPowerShell\\v1.0"));
    private static final AccountFolder ACCOUNT =
            new AccountFolder(null, ".Azure", List.of("AzureRmContext.json", "AzureRmContextSettings.json"));
    private static final List<String> SIGNED_OUT = List.of("Connect-AzAccount", "No accounts were found in the cache",
            "cannot retrieve access token");
    private static final List<String> FORBIDDEN = List.of("AuthorizationManager check failed",
            "running scripts is disabled on this system");

    /** From 2.17.0 the module can give a SecureString, from 5.0.0 it gives nothing else. */
    private static final String SCRIPT = String.join("\n",
            "$ErrorActionPreference = 'Stop'",
            "$ProgressPreference = 'SilentlyContinue'; $VerbosePreference = 'SilentlyContinue'",
            "$WarningPreference = 'SilentlyContinue'; $InformationPreference = 'SilentlyContinue'",
            "$m = @(Import-Module Az.Accounts -MinimumVersion 2.2.0 -PassThru -ErrorAction SilentlyContinue)",
            "if ($m.Count -eq 0) { [Console]::Out.WriteLine('" + NO_MODULE + "'); exit 0 }",
            "$p = @{ ResourceUrl = $env:" + RESOURCE + "; WarningAction = 'Ignore' }",
            "if ($env:" + TENANT + ") { $p.TenantId = $env:" + TENANT + " }",
            "$v = $m[0].Version",
            "if ($v -ge [version]'2.17.0' -and $v -lt [version]'5.0.0') { $p.AsSecureString = $true }",
            "$t = Get-AzAccessToken @p",
            "$s = $t.Token",
            "if ($s -is [System.Security.SecureString]) {",
            "  if ($PSVersionTable.PSVersion.Major -ge 7) { $s = ConvertFrom-SecureString -SecureString $s -AsPlainText }",
            "  else {",
            "    $b = [System.Runtime.InteropServices.Marshal]::SecureStringToBSTR($s)",
            "    try { $s = [System.Runtime.InteropServices.Marshal]::PtrToStringBSTR($b) }",
            "    finally { [System.Runtime.InteropServices.Marshal]::ZeroFreeBSTR($b) }",
            "  }",
            "}",
            "$e = ([DateTimeOffset]$t.ExpiresOn).ToUnixTimeSeconds()",
            "[Console]::Out.WriteLine()",
            "[Console]::Out.WriteLine(\"" + MARKER + "$s%$e\")");

    private static final Pattern CLIXML_ERROR = Pattern.compile("<S S=\"Error\">(.*?)</S>", Pattern.DOTALL);

    /** Checks what can be checked without a request. */
    public AzurePowerShell {
        if (tenantId != null) {
            ToolRequests.checkTenant(tenantId);
        }
    }

    @Override
    public String credential() {
        return "AzurePowerShellCredential";
    }

    @Override
    public Program program() {
        return PROGRAM;
    }

    @Override
    public Set<String> variables() {
        return Set.of("PSModulePath");
    }

    @Override
    public AccountFolder account() {
        return ACCOUNT;
    }

    @Override
    public TokenRequestContext admit(TokenRequestContext request) {
        TokenRequestContext checked = ToolRequests.checkedOne(credential(), request);
        if (checked.claims() != null) {
            throw new ClientAuthenticationException("AzurePowerShellCredential cannot satisfy a claims challenge by itself. Run '"
                    + signIn(checked) + "', then try again.", null, ClientAuthenticationException.Details.NONE);
        }
        return checked;
    }

    private String signIn(TokenRequestContext request) {
        String tenant = ToolRequests.tenant(request, tenantId);
        String claims = request.claims();
        return "Connect-AzAccount" + (tenant == null ? "" : " -Tenant " + tenant)
                + (claims == null ? "" : " -ClaimsChallenge \"" + ToolRequests.base64(claims) + '"');
    }

    @Override
    public List<String> arguments(TokenRequestContext request) {
        return List.of("-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-EncodedCommand",
                Base64.getEncoder().encodeToString(SCRIPT.getBytes(StandardCharsets.UTF_16LE)));
    }

    @Override
    public Map<String, String> environment(TokenRequestContext request) {
        String tenant = ToolRequests.tenant(request, tenantId);
        return Map.of("POWERSHELL_UPDATECHECK", "Off", "NO_COLOR", "1",
                RESOURCE, ToolRequests.resource(request.scopes().get(0)), TENANT, tenant == null ? "" : tenant);
    }

    @Override
    public @Nullable AccessToken token(String output, Instant now) {
        String line = output.lines().map(String::strip).filter(text -> text.startsWith(MARKER)).findFirst().orElse("");
        String[] parts = line.split("%", -1);
        return parts.length == 3 && parts[2].matches("\\d{1,12}")
                ? ToolExpiry.token(parts[1], Instant.ofEpochSecond(Long.parseLong(parts[2])), now) : null;
    }

    @Override
    public @Nullable String missingPart(String output, String errors) {
        if (output.contains(NO_MODULE)) {
            return "the PowerShell module Az.Accounts 2.2.0 or newer is not installed."
                    + " Run 'Install-Module Az.Accounts', then 'Connect-AzAccount'.";
        }
        return FORBIDDEN.stream().anyMatch(errors::contains)
                ? "PowerShell's execution policy forbids its modules. See 'Get-ExecutionPolicy -List'." : null;
    }

    /** Windows PowerShell writes its errors into a pipe as XML. */
    @Override
    public String complaint(String errors) {
        if (!errors.contains("#< CLIXML")) {
            return errors;
        }
        return CLIXML_ERROR.matcher(errors).results().map(part -> part.group(1)).collect(Collectors.joining())
                .replace("_x000D_", "").replace("_x000A_", "\n").replace("_x001B_", "")
                .replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&");
    }

    @Override
    public boolean isSignedOut(String errors) {
        return SIGNED_OUT.stream().anyMatch(errors::contains);
    }

    @Override
    public String howToInstall() {
        return "Install PowerShell (pwsh; on Windows powershell does too) with the module Az.Accounts, and run 'Connect-AzAccount'.";
    }

    @Override
    public String howToSignIn(TokenRequestContext request) {
        return "Run '" + signIn(request) + "'.";
    }
}
