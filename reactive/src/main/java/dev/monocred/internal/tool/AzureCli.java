package dev.monocred.internal.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Expiry;
import dev.monocred.core.oauth.OAuthParameters;
import dev.monocred.internal.process.Program;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Azure CLI, {@code az account get-access-token} (developer-tools.md 2).
 *
 * @param tenantId the configured tenant, or {@code null} for the CLI's own
 * @param subscription the configured subscription, or {@code null}; az takes a tenant or a subscription, never both
 * @param zone of the CLI's local times
 */
public record AzureCli(@Nullable String tenantId, @Nullable String subscription, Supplier<ZoneId> zone)
        implements DeveloperTool {

    private static final Program PROGRAM = new Program("the Azure CLI", List.of("az"),
            List.of("/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin", "/snap/bin", "%HOME%/.local/bin"),
            List.of("az.cmd", "az.exe", "az.bat"),
            List.of("%ProgramFiles%\\Microsoft SDKs\\Azure\\CLI2\\wbin",
                    "%ProgramFiles(x86)%\\Microsoft SDKs\\Azure\\CLI2\\wbin"));
    private static final AccountFolder ACCOUNT =
            new AccountFolder("AZURE_CONFIG_DIR", ".azure", List.of("azureProfile.json", "config", "clouds.config"));
    private static final Set<String> VARIABLES = Set.of("AZURE_CONFIG_DIR", "AZURE_CLOUD_NAME", "REQUESTS_CA_BUNDLE");
    private static final List<String> SIGNED_OUT = List.of("az login", "az account set", "Please explicitly log in with",
            "Can't find token from MSAL cache", "CLIInternalError");
    private static final String TRACEBACK = "Traceback (most recent call last)";
    private static final String ANNOUNCEMENT = "The command failed with an unexpected error. Here is the traceback:";

    /** Checks what can be checked without a request. */
    public AzureCli {
        if (tenantId != null) {
            ToolRequests.checkTenant(tenantId);
        }
        if (subscription != null) {
            ToolRequests.checkSubscription(subscription);
            if (tenantId != null) {
                throw new IllegalArgumentException("AzureCliCredential takes tenantId or subscription, not both:"
                        + " the Azure CLI refuses them together");
            }
        }
    }

    @Override
    public String credential() {
        return "AzureCliCredential";
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
        TokenRequestContext checked = ToolRequests.checkedOne(credential(), request);
        if (subscription != null && ToolRequests.tenant(checked, null) != null) {
            throw new ClientAuthenticationException("AzureCliCredential cannot ask for tenant " + checked.tenantId()
                    + ": it was built for subscription " + subscription + ", and the Azure CLI takes a tenant or a subscription,"
                    + " not both. Build one credential without subscription for such requests.", null,
                    ClientAuthenticationException.Details.NONE);
        }
        if (checked.claims() != null) {
            // No process: get-access-token knows no claims, only a sign-in does (developer-tools.md 2.4).
            throw new ClientAuthenticationException("AzureCliCredential cannot satisfy a claims challenge by itself. Run '"
                    + signIn(checked) + "' (Azure CLI 2.76.0 or newer), then try again.", null,
                    ClientAuthenticationException.Details.NONE);
        }
        return checked;
    }

    private String signIn(TokenRequestContext request) {
        String tenant = ToolRequests.tenant(request, tenantId);
        return "az login" + (request.claims() == null ? "" : " --claims-challenge " + ToolRequests.base64(request.claims()))
                + (tenant == null ? "" : " --tenant " + tenant)
                + (request.claims() == null ? "" : " --scope " + request.scopes().get(0));
    }

    @Override
    public List<String> arguments(TokenRequestContext request) {
        List<String> arguments = new ArrayList<>(List.of("account", "get-access-token", "--output", "json",
                "--resource", ToolRequests.resource(request.scopes().get(0))));
        String tenant = ToolRequests.tenant(request, tenantId);
        if (tenant != null) {
            arguments.addAll(List.of("--tenant", tenant));
        }
        if (subscription != null) {
            arguments.addAll(List.of("--subscription", subscription));
        }
        return arguments;
    }

    @Override
    public Map<String, String> environment(TokenRequestContext request) {
        return Map.of("AZURE_CORE_NO_COLOR", "true");
    }

    @Override
    public @Nullable AccessToken token(String output, Instant now) {
        ObjectNode answer = ToolText.onlyObject(output);
        return answer == null ? null : ToolExpiry.token(answer.path("accessToken").textValue(), expiry(answer, now), now);
    }

    /** Before 2.54.0 there is only the local time, which is ambiguous for an hour each year. */
    private @Nullable Instant expiry(ObjectNode answer, Instant now) {
        if (answer.hasNonNull(OAuthParameters.EXPIRES_ON)) {
            return now.plus(Expiry.absoluteFirst(answer, now));
        }
        String local = answer.path("expiresOn").textValue();
        return local == null ? null : ToolExpiry.local(local, zone.get());
    }

    /** The cause stands before a long traceback; warnings are about other things. */
    @Override
    public String complaint(String errors) {
        return errors.lines().takeWhile(line -> !line.contains(TRACEBACK))
                .map(line -> line.startsWith("ERROR: ") ? line.substring("ERROR: ".length()) : line)
                .filter(line -> !line.startsWith("WARNING: ") && !line.startsWith("DEBUG: ") && !line.startsWith("INFO: "))
                .filter(line -> !line.startsWith(ANNOUNCEMENT))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public boolean isSignedOut(String errors) {
        return SIGNED_OUT.stream().anyMatch(errors::contains);
    }

    @Override
    public String howToInstall() {
        return "Install the Azure CLI and run 'az login'.";
    }

    @Override
    public String howToSignIn(TokenRequestContext request) {
        return "Run '" + signIn(request) + "'.";
    }
}
