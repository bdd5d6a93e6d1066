package dev.monocred.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.AzureAuthorityHosts;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 1.1 to 1.3, 1.6, 1.7; checklist 1, 2, 9, 60. */
class AuthorityTest {

    private static final String TENANT = "22222222-2222-2222-2222-222222222222";

    @ParameterizedTest(name = "\"{0}\" is {1}")
    @CsvSource(ignoreLeadingAndTrailingWhitespace = false, textBlock = """
            login.microsoftonline.com,https://login.microsoftonline.com
            https://login.microsoftonline.com/,https://login.microsoftonline.com
            https://login.microsoftonline.com// ,https://login.microsoftonline.com
             https://login.microsoftonline.com / ,https://login.microsoftonline.com
            HTTPS://Login.MicrosoftOnline.US,https://login.microsoftonline.us
            localhost:8443,https://localhost:8443
            https://127.0.0.1:8443/,https://127.0.0.1:8443
            https://[::1]:8443,https://[::1]:8443
            https://Proxy.Example.net/Entra/Prefix/,https://proxy.example.net/Entra/Prefix
            """)
    void aHostOrAnHttpsUrlBecomesOneForm(String given, String normal) {
        assertThat(Authority.parse(given)).hasToString(normal);
    }

    @ParameterizedTest(name = "\"{0}\" is refused")
    @ValueSource(strings = {"", " ", "/", "http://login.microsoftonline.com", "ftp://login.microsoftonline.com", "https://",
            "https:///tenant", "https://a b", "https://host:port", "http:host", "https:", "https:/login.microsoftonline.com", "login.microsoftonline.com:",
            "https://login.microsoftonline.com:-1", "https://under_score.example.net",
            "https://login.microsoftonline.com?x=1", "https://login.microsoftonline.com#f", "login.microsoftonline.com/?",
            "https://user@login.microsoftonline.com", "https://login.microsoftonline.com\\@evil.example"})
    void anythingElseIsRefused(String given) {
        assertThatIllegalArgumentException().isThrownBy(() -> Authority.parse(given)).withMessageContaining("authority host");
    }

    @Test
    void theValueIsShownUnlessItMayHoldAPassword() {
        assertThatIllegalArgumentException().isThrownBy(() -> Authority.parse("http://login.example.net"))
                .withMessageContaining("'http://login.example.net'").withMessageContaining("https");
        for (String secretive : new String[] {"https://user:pa55@host", "https://user:pa 55@host", "https://host?key=pa55",
                "https://host#pa55"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Authority.parse(secretive)).satisfies(refused ->
                    assertThat(refused.getMessage()).doesNotContain("pa55").doesNotContain("pa 55"));
        }
    }

    @Test
    void endpointsFollowTheTemplates() {
        Authority authority = Authority.parse("https://login.example.net:8443/prefix");
        assertThat(authority.tokenEndpoint(TENANT))
                .isEqualTo(URI.create("https://login.example.net:8443/prefix/" + TENANT + "/oauth2/v2.0/token"));
        assertThat(authority.authorizeEndpoint("organizations"))
                .isEqualTo(URI.create("https://login.example.net:8443/prefix/organizations/oauth2/v2.0/authorize"));
        assertThat(authority.deviceCodeEndpoint("contoso.example"))
                .isEqualTo(URI.create("https://login.example.net:8443/prefix/contoso.example/oauth2/v2.0/devicecode"));
    }

    @Test
    void adfsEndpointsHaveNoVersion() {
        Authority authority = Authority.parse("adfs.example.net");
        assertThat(authority.tokenEndpoint("adfs")).hasToString("https://adfs.example.net/adfs/oauth2/token");
        assertThat(authority.authorizeEndpoint("adfs")).hasToString("https://adfs.example.net/adfs/oauth2/authorize");
        assertThat(authority.deviceCodeEndpoint("adfs")).hasToString("https://adfs.example.net/adfs/oauth2/devicecode");
    }

    @ParameterizedTest(name = "tenant \"{0}\"")
    @ValueSource(strings = {"", "..", ".", "a/b", "a?b", "a%2Fb", "a\\b", "a\nb"})
    void aMalformedTenantNeverReachesAUrl(String tenant) {
        Authority authority = Authority.parse("login.example.net");
        assertThatIllegalArgumentException().isThrownBy(() -> authority.tokenEndpoint(tenant));
        assertThatIllegalArgumentException().isThrownBy(() -> authority.authorizeEndpoint(tenant));
        assertThatIllegalArgumentException().isThrownBy(() -> authority.deviceCodeEndpoint(tenant));
        assertThatIllegalArgumentException().isThrownBy(() -> authority.instanceDiscoveryEndpoint(tenant));
    }

    @Test
    void discoveryIsAskedOfThePublicCloudAndNamesHostAndPort() {
        assertThat(Authority.parse("https://login.example.net:8443").instanceDiscoveryEndpoint(TENANT)).hasToString(
                "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1&authorization_endpoint="
                        + "https%3A%2F%2Flogin.example.net%3A8443%2F" + TENANT + "%2Foauth2%2Fv2.0%2Fauthorize");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"localhost:8443, https://localhost:8443", "127.0.0.1:8443, https://127.0.0.1:8443",
            "[::1]:8443, https://[::1]:8443", "localhost, https://login.microsoftonline.com",
            "localhost.example.net:8443, https://login.microsoftonline.com",
            "127.0.0.1.example.net:8443, https://login.microsoftonline.com"})
    void discoveryOfALoopbackAuthorityWithAPortStaysOnTheMachine(String authority, String asked) {
        assertThat(Authority.parse(authority).instanceDiscoveryEndpoint(TENANT).toString())
                .startsWith(asked + "/common/discovery/instance?");
    }

    @ParameterizedTest(name = "{0} is known")
    @ValueSource(strings = {AzureAuthorityHosts.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_CHINA,
            AzureAuthorityHosts.AZURE_GOVERNMENT, "login.microsoftonline.de", "login.windows.net", "login.microsoft.com",
            "sts.windows.net", "login.partner.microsoftonline.cn", "login.usgovcloudapi.net", "login-us.microsoftonline.com",
            "login.sovcloud-identity.fr", "login.sovcloud-identity.de", "login.sovcloud-identity.sg",
            "https://login.microsoftonline.com:443", "westus.login.microsoft.com", "usgovtexas.login.microsoftonline.us",
            "contoso.ciamlogin.com", "contoso.b2clogin.com", "contoso.b2clogin.cn", "contoso.b2clogin.us",
            "contoso.b2clogin.de", "https://login.example.net/contoso/B2C_1_signin", "https://dsts.example.net/dstsv2",
            "https://dsts.example.net/dstsv2/more"})
    void discoveryHasNothingToSayAbout(String authority) {
        assertThat(Authority.parse(authority).isKnown()).isTrue();
    }

    @ParameterizedTest(name = "{0} is not known")
    @ValueSource(strings = {"login.example.net", "localhost:8443", "https://login.microsoftonline.com:8443", "ciamlogin.com",
            "login.microsoftonline.com.example.net", "evillogin.microsoftonline.com.example", "notb2clogin.com",
            "xlogin.microsoftonline.com", "https://login.example.net/dstsv2x", "https://login.example.net/b2c_1"})
    void discoveryIsAskedAbout(String authority) {
        assertThat(Authority.parse(authority).isKnown()).isFalse();
    }

    @ParameterizedTest(name = "{0} in {1} is {2}")
    @CsvSource({"login.microsoftonline.com, westus, https://westus.login.microsoft.com",
            "login.windows.net, westus, https://westus.login.microsoft.com",
            "sts.windows.net/p, West US, https://westus.login.microsoft.com/p",
            "login.microsoftonline.us, usgovtexas, https://usgovtexas.login.microsoftonline.us",
            "localhost:8443, r-1, https://r-1.localhost:8443"})
    void aRegionGoesBeforeTheHost(String authority, String region, String regional) {
        assertThat(Authority.parse(authority).inRegion(region)).hasToString(regional);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", " ", "evil.example/", "a.b", "-a", "a-", "a_b", "a:1", "über",
            "a123456789012345678901234567890123456789012345678901234567890123"})
    void aRegionThatIsNoHostLabelIsRefused(String region) {
        Authority authority = Authority.parse("login.microsoftonline.com");
        assertThatIllegalArgumentException().isThrownBy(() -> authority.inRegion(region)).withMessageContaining("'" + region + "'");
    }

    @Test
    void hostPortAndPathAreTheIdentity() {
        assertThat(Authority.parse("https://Login.Example.net:8443/")).isEqualTo(Authority.parse("login.example.net:8443"))
                .hasSameHashCodeAs(Authority.parse("login.example.net:8443"))
                .isNotEqualTo(Authority.parse("login.example.net"))
                .isNotEqualTo(Authority.parse("login.example.net:8444"))
                .isNotEqualTo(Authority.parse("login.example.net:8443/p"));
        assertThat(Authority.parse("https://login.example.net:8443/p").host()).isEqualTo("login.example.net:8443");
        assertThat(Authority.parse("login.example.net").host()).isEqualTo("login.example.net");
    }
}
