package dev.monocred.internal.entra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of platform.md 14, row by row: checklist 69 and 70. */
class TokenProxySettingsTest {

    private static final String PROXY = "https://10.0.0.1:8443/ests/v1";
    private static final URI TOKEN_ENDPOINT = URI.create("https://login.microsoftonline.com/TENANT/oauth2/v2.0/token");

    private final Map<String, String> variables = new HashMap<>();

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private @Nullable TokenProxySettings read() {
        return TokenProxySettings.of(variables::get);
    }

    private TokenProxySettings settings() {
        return Objects.requireNonNull(read());
    }

    private TokenProxySettingsTest set(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put("AZURE_KUBERNETES_" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return this;
    }

    private void assertRefused(String... words) {
        assertThatIllegalArgumentException().isThrownBy(this::read).withMessageContainingAll(words);
    }

    @Test
    void withoutAnyVariableNothingChanges() {
        assertThat(read()).isNull();
        set("TOKEN_PROXY", " ", "SNI_NAME", "", "CA_FILE", "\t", "CA_DATA", "\n");
        assertThat(read()).as("blank is unset").isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SNI_NAME", "CA_FILE", "CA_DATA"})
    void anyOtherVariableWithoutTheProxyIsAnError(String other) {
        set(other, "something").assertRefused("AZURE_KUBERNETES_" + other + " is set, but AZURE_KUBERNETES_TOKEN_PROXY is not");
    }

    @Test
    void theAuthoritiesComeFromOnePlace() {
        set("TOKEN_PROXY", PROXY, "CA_FILE", "/ca.pem", "CA_DATA", "data")
                .assertRefused("only one of AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA may be set");
    }

    @Test
    void withoutAuthoritiesTheSystemsAreTrusted() {
        set("TOKEN_PROXY", PROXY);
        assertThat(settings()).satisfies(each -> {
            assertThat(each.authorities()).isNull();
            assertThat(each.caFile()).isNull();
            assertThat(each.serverName()).isNull();
        });
    }

    @Test
    void aFileIsNamedAndNotRead() {
        set("TOKEN_PROXY", PROXY, "CA_FILE", "/nowhere/ca.pem", "SNI_NAME", "abc.ests.aks");
        assertThat(settings().caFile()).isEqualTo(Path.of("/nowhere/ca.pem"));
        assertThat(settings().serverName()).isEqualTo("abc.ests.aks");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http://10.0.0.1:8443                | must begin with https://",
        "ftp://10.0.0.1                      | must begin with https://",
        "10.0.0.1:8443                       | holds no address",
        "proxy                               | must begin with https://",
        "https://user:invented@10.0.0.1/     | must not have user information",
        "https://user@10.0.0.1               | must not have user information",
        "https://10.0.0.1/a?b=c              | must have neither a query nor a fragment",
        "https://10.0.0.1/?                  | must have neither a query nor a fragment",
        "https://10.0.0.1/#a                 | must have neither a query nor a fragment",
        "https://                            | holds no address",
        "https:///path                       | holds no address",
        "https:opaque                        | holds no address",
        "https://10.0.0.1:99999              | holds no address",
        "https://10.0.0.1/a b                | holds no address"})
    void whatIsNoPlainHttpsAddressIsRefusedAndNotQuoted(String value, String fault) {
        set("TOKEN_PROXY", value).assertRefused("AZURE_KUBERNETES_TOKEN_PROXY " + fault);
        assertThatIllegalArgumentException().isThrownBy(this::settings).extracting(Throwable::getMessage).asString()
                .doesNotContain("10.0.0.1").doesNotContain("invented");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"})
    void dataWithoutACertificateIsRefused(String data) {
        set("TOKEN_PROXY", PROXY, "CA_DATA", data).assertRefused("AZURE_KUBERNETES_CA_DATA holds no certificate in PEM form");
    }

    @Test
    void dataMayHoldSeveralCertificates() {
        String pem = certificate() + "\n" + certificate();
        set("TOKEN_PROXY", PROXY, "CA_DATA", pem);
        assertThat(settings().authorities()).hasSize(2);
    }

    private static String certificate() {
        return new HeldCertificate.Builder().duration(1, TimeUnit.DAYS).build().certificatePem();
    }

    @Test
    void aNameThatCannotBeSentIsRefused() {
        set("TOKEN_PROXY", PROXY, "SNI_NAME", "two words").assertRefused("AZURE_KUBERNETES_SNI_NAME");
    }

    /** Checklist 70. */
    @ParameterizedTest
    @CsvSource({
        "https://10.0.0.1:8443/ests/v1,    https://10.0.0.1:8443/ests/v1/TENANT/oauth2/v2.0/token",
        "https://10.0.0.1:8443/ests/v1/,   https://10.0.0.1:8443/ests/v1/TENANT/oauth2/v2.0/token",
        "https://10.0.0.1:8443,            https://10.0.0.1:8443/TENANT/oauth2/v2.0/token",
        "https://10.0.0.1:8443/,           https://10.0.0.1:8443/TENANT/oauth2/v2.0/token",
        "HTTPS://proxy.aks,                https://proxy.aks/TENANT/oauth2/v2.0/token",
        "https://[fd00::1]:8443/a%2Fb/,    https://[fd00::1]:8443/a%2Fb/TENANT/oauth2/v2.0/token"})
    void thePathGoesBehindTheProxysOwn(String proxy, String rewritten) {
        set("TOKEN_PROXY", proxy);
        assertThat(settings().through(TOKEN_ENDPOINT)).isEqualTo(URI.create(rewritten));
    }

    /** Checklist 70. */
    @Test
    void theQueryIsKept() {
        set("TOKEN_PROXY", PROXY);
        assertThat(settings().through(URI.create(TOKEN_ENDPOINT + "?dc=a%26b&x")))
                .isEqualTo(URI.create("https://10.0.0.1:8443/ests/v1/TENANT/oauth2/v2.0/token?dc=a%26b&x"));
    }
}
