package dev.monocred.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 1.4 and 1.5; checklist 3 to 10. */
class TenantResolverTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");

    @ParameterizedTest(name = "configured {0}, allowed [{1}], disabled {2}, asked {3} -> {4}")
    @CsvSource(nullValues = "-", value = {
            "home-1,         ,          false, -,       -",
            "home-1,         ,          false, home-1,  -",
            "home-1,         ,          false, HOME-1,  -",
            "home-1,         other-1,   false, other-1, other-1",
            "home-1,         Other-1,   false, oTHER-1, oTHER-1",
            "home-1,         *,         false, other-1, other-1",
            "home-1,         x;*,       false, other-1, other-1",
            "organizations,  ,          false, other-1, other-1",
            "Organizations,  ,          false, other-1, other-1",
            "organizations,  other-1,   false, other-1, other-1",
            "adfs,           ,          false, other-1, -",
            "ADFS,           *,         false, other-1, -",
            "home-1,         *,         true,  other-1, -",
            "organizations,  ,          true,  other-1, -",
            "-,              ,          false, other-1, other-1",
            "-,              ,          true,  other-1, -",
            "-,              ,          false, -,       -"})
    void aTenantIsSettled(@Nullable String configured, @Nullable String allowed, boolean disabled, @Nullable String asked,
            @Nullable String settled) {
        TenantResolver resolver = new TenantResolver(configured, list(allowed), disabled);
        assertThat(resolver.resolve(REQUEST.withTenantId(asked)).tenantId()).isEqualTo(settled);
    }

    private static List<String> list(@Nullable String text) {
        return text == null || text.isEmpty() ? List.of() : List.of(text.split(";", -1));
    }

    @ParameterizedTest(name = "configured {0}, allowed [{1}]")
    @CsvSource({"home-1, ''", "home-1, third-1", "organizations, third-1", "common, ''"})
    void aForbiddenTenantIsRefusedWithBothTenantsAndBothRemedies(String configured, String allowed) {
        TenantResolver resolver = new TenantResolver(configured, list(allowed), false);
        assertThatExceptionOfType(ClientAuthenticationException.class)
                .isThrownBy(() -> resolver.resolve(REQUEST.withTenantId("other-1")))
                .withMessageContainingAll("other-1", configured, "additionallyAllowedTenants", "\"*\"")
                .isNotInstanceOf(CredentialUnavailableException.class)
                .matches(refused -> !refused.isTransient());
    }

    @Test
    void theRestOfTheRequestStays() {
        TokenRequestContext request = REQUEST.withClaims("{}").withCaeEnabled(true);
        TenantResolver resolver = new TenantResolver("home-1", List.of(), false);
        assertThat(resolver.resolve(request)).as("nothing to settle: no copy on the measured path").isSameAs(request);
        assertThat(resolver.resolve(request.withTenantId("Home-1"))).isEqualTo(request);
    }

    @Test
    void aRequestWithoutScopesIsRefused() {
        TenantResolver resolver = new TenantResolver("home-1", List.of(), false);
        assertThatIllegalArgumentException().isThrownBy(() -> resolver.resolve(TokenRequestContext.of()))
                .withMessageContaining("at least one scope");
        assertThatIllegalArgumentException().isThrownBy(() -> resolver.resolve(TokenRequestContext.of("scope", " ")))
                .withMessageContaining("blank scope");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", " ", "a/b", "a b", "tenant_1", "..", ".", "a..b", "../common", "a%2e", "münchen.example",
            "a\n", "٣", "*"})
    void aMalformedTenantIsRefusedWhereverItComesFrom(String tenant) {
        TenantResolver resolver = new TenantResolver("home-1", List.of("*"), true);
        assertThatIllegalArgumentException().isThrownBy(() -> TenantResolver.checkTenantId(tenant))
                .withMessageContainingAll("'" + tenant + "'", "find-ids-and-domain-names");
        assertThatIllegalArgumentException().isThrownBy(() -> new TenantResolver(tenant, List.of(), false));
        assertThatIllegalArgumentException().isThrownBy(() -> resolver.resolve(REQUEST.withTenantId(tenant)));
    }

    @Test
    void aMalformedTenantInTheAllowListIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TenantResolver("home-1", List.of("a b"), false))
                .withMessageContaining("'a b'");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"a-b.c9", "22222222-2222-2222-2222-222222222222", "contoso.example", "organizations", "a"})
    void anIdOrADomainIsATenant(String tenant) {
        assertThat(TenantResolver.checkTenantId(tenant)).isEqualTo(tenant);
    }
}
