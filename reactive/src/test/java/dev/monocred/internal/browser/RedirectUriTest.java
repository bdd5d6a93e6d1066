package dev.monocred.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 3.7; checklist 41, 58. */
class RedirectUriTest {

    @ParameterizedTest
    @CsvSource({"http://localhost:8400, 8400, http://localhost:8400, /", "http://localhost:8400/, 8400, http://localhost:8400/, /",
        "http://127.0.0.1:8400, 8400, http://127.0.0.1:8400, /", "http://127.255.0.9:1/a/b, 1, http://127.255.0.9:1/a/b, /a/b",
        "HTTP://LocalHost:65535/A, 65535, HTTP://LocalHost:65535/A, /A", "http://[::1]:8400, 8400, http://[::1]:8400, /"})
    void whatWasGivenIsListenedOnAndSentAsItIs(String text, int port, String sent, String path) {
        RedirectUri redirect = RedirectUri.parse(text);

        assertThat(redirect.port()).isEqualTo(port);
        assertThat(redirect.at(port)).isEqualTo(sent);
        assertThat(redirect.path()).isEqualTo(path);
        assertThat(redirect.address().isLoopbackAddress()).isTrue();
    }

    @Test
    void anyPortIsFilledIn() {
        assertThat(RedirectUri.ANY_PORT.at(54321)).isEqualTo("http://localhost:54321");
        assertThat(RedirectUri.parse("http://127.0.0.1:0/back").at(54321)).isEqualTo("http://127.0.0.1:54321/back");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://localhost:8400", "http://example.com:8400", "http://localhost.example.com:8400",
        "http://128.0.0.1:8400", "http://127.0.0.256:8400", "http://0.0.0.0:8400", "http://127.1:8400", "http://user@localhost:8400",
        "http://localhost:8400?a=b", "http://localhost:8400#a", "localhost:8400", "", "http://", "http://local host:8400",
        "http:localhost:8400", "http://[::2]:8400"})
    void whatIsNotOnThisMachineIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RedirectUri.parse(text))
                .withMessageStartingWith("redirectUri must be http:// on localhost").withMessageEndingWith("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "http://127.0.0.1/back", "http://localhost:", "http://localhost:65536"})
    void aPortMustBeNamed(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RedirectUri.parse(text))
                .withMessage("redirectUri needs a port, as in http://localhost:8400, but is '" + text + "'");
    }
}
