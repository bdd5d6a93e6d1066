package dev.monocred.internal.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.TokenRequestContext;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ToolRequestsTest {

    private static final AzureCli AZ = new AzureCli(null, null, () -> ZoneOffset.UTC);

    private static AzureCli az(String subscription) {
        return new AzureCli(null, subscription, () -> ZoneOffset.UTC);
    }

    static List<String> characters() {
        return List.of(" ", ";", "&", "|", "$", "\\", "`", "\"", "'", "(", ")", "<", ">", "%", "!", "^", "\n", "\r", "\t", "\0",
                "é", "*", "?", "{", "~", "#", "=", ",");
    }

    @ParameterizedTest
    @MethodSource("characters")
    void noToolIsGivenAScopeOrTenantWithSuchACharacter(String character) {
        for (DeveloperTool tool : List.of(AZ, new AzureDeveloperCli(null), new AzurePowerShell(null))) {
            for (String place : List.of("https://x%s/.default", "%shttps://x", "https://x%s")) {
                String scope = place.replace("%s", character);
                assertThatIllegalArgumentException().as(scope).isThrownBy(() -> tool.admit(TokenRequestContext.of(scope)));
            }
            assertThatIllegalArgumentException().isThrownBy(
                    () -> tool.admit(TokenRequestContext.of("https://x").withTenantId("contoso" + character)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new AzureDeveloperCli("contoso" + character));
        assertThatIllegalArgumentException().isThrownBy(() -> new AzurePowerShell("contoso" + character));
        assertThatIllegalArgumentException().isThrownBy(() -> new AzureCli("contoso" + character, null, () -> ZoneOffset.UTC));
        if (!character.equals(" ")) {
            assertThatIllegalArgumentException().isThrownBy(() -> az("sub" + character));
        }
    }

    @Test
    void nothingMayLookLikeAnOption() {
        assertThatIllegalArgumentException().isThrownBy(() -> AZ.admit(TokenRequestContext.of("--help")));
        assertThatIllegalArgumentException().isThrownBy(() -> AZ.admit(TokenRequestContext.of("https://x").withTenantId("-t")));
        assertThatIllegalArgumentException().isThrownBy(() -> az("-s"));
        assertThatIllegalArgumentException().isThrownBy(() -> az(" "));
    }

    @Test
    void azAndPowerShellTakeExactlyOneScopeAndAzdAny() {
        TokenRequestContext two = TokenRequestContext.of("https://a", "https://b");
        assertThatIllegalArgumentException().isThrownBy(() -> AZ.admit(two)).withMessageContaining("exactly one scope");
        assertThatIllegalArgumentException().isThrownBy(() -> new AzurePowerShell(null).admit(two));
        assertThatCode(() -> new AzureDeveloperCli(null).admit(two)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"https://x/.default, https://x", "https://x//.default, https://x/", "https://x/.default/.default, https://x/.default",
            "https://x/User.Read, https://x/User.Read", "api://x/.default, api://x", "https://x/, https://x/"})
    void theResourceIsTheScopeWithoutOneSuffix(String scope, String resource) {
        assertThat(ToolRequests.resource(scope)).isEqualTo(resource);
    }

    @Test
    void blankClaimsAreNone() {
        assertThat(AZ.admit(TokenRequestContext.of("https://x").withClaims(" \n")).claims()).isNull();
    }
}
