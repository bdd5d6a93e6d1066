package dev.monocred.internal.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Expiry;
import dev.monocred.core.oauth.Json;
import dev.monocred.internal.process.Program;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Azure Developer CLI, {@code azd auth token} (developer-tools.md 3).
 *
 * @param tenantId the configured tenant, or {@code null} for azd's own
 */
public record AzureDeveloperCli(@Nullable String tenantId) implements DeveloperTool {

    private static final Program PROGRAM = new Program("the Azure Developer CLI", List.of("azd"),
            List.of("/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin", "%HOME%/.azd/bin", "%HOME%/.local/bin"),
            List.of("azd.exe", "azd.cmd"),
            List.of("%LOCALAPPDATA%\\Programs\\Azure Dev CLI", "%ProgramFiles%\\Azure Dev CLI"));
    /** The second says whether azd hands the question on to the Azure CLI. */
    private static final AccountFolder ACCOUNT =
            new AccountFolder("AZD_CONFIG_DIR", ".azd", List.of("auth.json", "config.json"));
    private static final Set<String> VARIABLES = Set.of("AZD_CONFIG_DIR", "AZURE_SUBSCRIPTION_ID");
    private static final List<String> SIGNED_OUT = List.of("not logged in", "azd auth login", "run `azd login`", "login expired");
    /** A sign-in is there, but it does not do: a chain must not go on as somebody else. */
    private static final List<String> NOT_ENOUGH = List.of("reauthentication required", "must use multi-factor authentication");
    private static final List<String> CLAIMS_UNKNOWN = List.of("unknown flag: --claims", "not defined: -claims");

    /** Checks what can be checked without a request. */
    public AzureDeveloperCli {
        if (tenantId != null) {
            ToolRequests.checkTenant(tenantId);
        }
    }

    @Override
    public String credential() {
        return "AzureDeveloperCliCredential";
    }

    @Override
    public Program program() {
        return PROGRAM;
    }

    @Override
    public Set<String> variables() {
        return VARIABLES;
    }

    @Override
    public AccountFolder account() {
        return ACCOUNT;
    }

    @Override
    public TokenRequestContext admit(TokenRequestContext request) {
        return ToolRequests.checked(request);
    }

    @Override
    public List<String> arguments(TokenRequestContext request) {
        // Without --output json a new azd prints the bare token, whose end nobody would know.
        List<String> arguments = new ArrayList<>(List.of("auth", "token", "--output", "json", "--no-prompt"));
        request.scopes().forEach(scope -> arguments.addAll(List.of("--scope", scope)));
        String tenant = ToolRequests.tenant(request, tenantId);
        if (tenant != null) {
            arguments.addAll(List.of("--tenant-id", tenant));
        }
        String claims = request.claims();
        if (claims != null) {
            arguments.addAll(List.of("--claims", ToolRequests.base64(claims)));
        }
        return arguments;
    }

    @Override
    public Map<String, String> environment(TokenRequestContext request) {
        return Map.of("NO_COLOR", "1", "AZD_SKIP_UPDATE_CHECK", "true");
    }

    @Override
    public @Nullable AccessToken token(String output, Instant now) {
        ObjectNode answer = ToolText.onlyObject(output);
        return answer == null ? null : ToolExpiry.token(answer.path("token").textValue(),
                Expiry.date(answer.path("expiresOn").asText("")), now);
    }

    /** One JSON object a line, of two shapes, among lines of plain text; the one with a suggestion says it best. */
    @Override
    public String complaint(String errors) {
        List<String> messages = new ArrayList<>();
        for (String line : errors.lines().toList()) {
            ObjectNode event = line.strip().startsWith("{") ? Json.object(line.strip()) : null;
            String error = event == null ? null : event.path("error").textValue();
            if (event == null) {
                messages.add(line);
            } else if (error != null && !error.isBlank()) {
                return sentences(error, event.path("message").textValue(), event.path("suggestion").textValue());
            } else {
                messages.add(event.path("data").path("message").asText(""));
            }
        }
        return messages.stream().map(String::strip)
                .map(message -> message.startsWith("ERROR: ") ? message.substring("ERROR: ".length()) : message)
                .filter(message -> !message.isEmpty()).distinct().collect(Collectors.joining("\n"));
    }

    private static String sentences(String error, @Nullable String message, @Nullable String suggestion) {
        return error + (message == null || message.isBlank() || error.contains(message) ? "" : "\n" + message)
                + (suggestion == null ? "" : "\n" + suggestion);
    }

    @Override
    public boolean isSignedOut(String errors) {
        return NOT_ENOUGH.stream().noneMatch(errors::contains) && SIGNED_OUT.stream().anyMatch(errors::contains);
    }

    @Override
    public String howToInstall() {
        return "Install the Azure Developer CLI and run 'azd auth login'.";
    }

    @Override
    public String howToSignIn(TokenRequestContext request) {
        return "Run '" + signIn(request) + "'.";
    }

    private String signIn(TokenRequestContext request) {
        String tenant = ToolRequests.tenant(request, tenantId);
        return "azd auth login" + (tenant == null ? "" : " --tenant-id " + tenant);
    }

    @Override
    public String advice(TokenRequestContext request, String errors) {
        if (request.claims() == null) {
            return "";
        }
        return CLAIMS_UNKNOWN.stream().anyMatch(errors::contains)
                ? "A claims challenge needs azd 1.18.1 or newer: update it, then run '" + signIn(request) + "'."
                : "The request carries a claims challenge: run '" + signIn(request) + "', then try again.";
    }
}
