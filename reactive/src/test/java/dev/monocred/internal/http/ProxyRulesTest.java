package dev.monocred.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** N-6 as a table. */
class ProxyRulesTest {

    private static final URI ENTRA = URI.create("https://login.microsoftonline.com/t/oauth2/v2.0/token");

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    /** A blank setting is none. */
    private final ProxyRules rules =
            new ProxyRules(name -> environment.getOrDefault(name, " "), name -> properties.getOrDefault(name, ""));

    private String found() {
        return String.valueOf(rules.find(ENTRA));
    }

    @Test
    void nothingSetIsNoProxy() {
        assertThat(rules.exist()).isFalse();
        assertThat(found()).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy:3128, proxy:3128", "proxy:3128, proxy:3128", "http://proxy, proxy:8080", "https://proxy:1, proxy:1",
        "socks5://proxy:1080, proxy:1080", "' http://proxy:1/ ', proxy:1", "http://[::1]:9, [::1]:9",
    })
    void theVariableIsReadAsPeopleWriteIt(String set, String proxy) {
        environment.put("HTTPS_PROXY", set);

        assertThat(rules.exist()).isTrue();
        assertThat(found()).isEqualTo(proxy);
    }

    @Test
    void theVariableComesBeforeTheProperty() {
        properties.put("https.proxyHost", "property");
        properties.put("https.proxyPort", "7");
        assertThat(found()).isEqualTo("property:7");

        environment.put("https_proxy", "variable:8");
        assertThat(found()).isEqualTo("variable:8");
    }

    @ParameterizedTest
    @CsvSource({
        "login.microsoftonline.com, true", "microsoftonline.com, true", ".microsoftonline.com, true", "*.microsoftonline.com, true",
        "LOGIN.Microsoftonline.COM, true", "'other, login.microsoftonline.com', true", "*, true",
        "login.microsoftonline.com:443, true", "login.microsoftonline.com:444, false", "online.com, false", "'', false", "',', false",
    })
    void exceptionsAreNamesAndDomains(String exceptions, boolean isExcepted) {
        environment.put("HTTPS_PROXY", "proxy:1");
        environment.put("NO_PROXY", exceptions);

        assertThat(found().equals("null")).isEqualTo(isExcepted);
    }

    @ParameterizedTest
    @CsvSource({"*.microsoftonline.com, true", "a|login.*, true", "*online*, true", "microsoftonline.com, false", "login?microsoftonline.com, false"})
    void exceptionsOfThePropertyArePatterns(String patterns, boolean isExcepted) {
        properties.put("https.proxyHost", "proxy");
        properties.put("http.nonProxyHosts", patterns);

        assertThat(found().equals("null")).isEqualTo(isExcepted);
    }

    @Test
    void userAndPasswordAreReadButNeverShown() {
        environment.put("HTTPS_PROXY", "http://anna:a%40b+c@proxy:1");

        ProxyRules.Proxy proxy = rules.find(ENTRA);

        assertThat(proxy).extracting(p -> p.user(), p -> p.password()).containsExactly("anna", "a@b+c");
        assertThat(proxy).hasToString("proxy:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://", "http://pass word@proxy", "http://user:secret@:80", "://"})
    void whatCannotBeReadIsTerminalAndNotQuoted(String set) {
        environment.put("HTTPS_PROXY", set);

        assertThatThrownBy(this::found).isInstanceOfSatisfying(HttpFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(HttpFailure.Kind.PROXY_SETTING);
            assertThat(failure.isTransient()).isFalse();
            assertThat(failure.getMessage()).doesNotContain("secret").doesNotContain("pass");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "https://localhost/", "https://foo.localhost:2/", "https://127.0.0.1/", "https://127.9.9.9:8/", "https://[::1]:5/",
        "https://169.254.169.254/", "https://[fe80::1]/", "http://anything.example/", "HTTP://169.254.169.254/", "https://LOCALHOST/",
    })
    void thisMachineAndItsMetadataServicesAreReachedDirectly(String uri) {
        assertThat(ProxyRules.isDirect(URI.create(uri))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://login.microsoftonline.com/", "https://10.0.0.1/", "https://localhost.example.com/", "https://notlocalhost/"})
    void allOthersAreNot(String uri) {
        assertThat(ProxyRules.isDirect(URI.create(uri))).isFalse();
    }
}
