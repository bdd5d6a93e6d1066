package dev.monocred.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.monocred.core.ClientAuthenticationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 2.3; checklist 24. */
class ClaimsTest {

    private static final String NBF = "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1767225600\"}}}";

    @Test
    void nothingAskedIsNothingSent() {
        assertThat(Claims.merge(null, false)).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {NBF, " { \"a\" : 1.10 } ", "{}"})
    void withoutCaeTheClaimsAreSentWordForWord(String claims) {
        assertThat(Claims.merge(claims, false)).isEqualTo(claims);
    }

    static Stream<Arguments> merged() {
        return Stream.of(
                Arguments.of("{}", "{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}"),
                Arguments.of(NBF, "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1767225600\"},"
                        + "\"xms_cc\":{\"values\":[\"CP1\"]}}}"),
                Arguments.of("{\"id_token\":{\"acr\":null}}",
                        "{\"id_token\":{\"acr\":null},\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}"),
                Arguments.of("{\"access_token\":{\"xms_cc\":{\"values\":[\"other\"]},\"b\":2}}",
                        "{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]},\"b\":2}}"),
                Arguments.of("{\"access_token\":null}", "{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}"),
                Arguments.of("{\"n\":1.10,\"big\":123456789012345678901234567890}",
                        "{\"n\":1.10,\"big\":123456789012345678901234567890,"
                                + "\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("merged")
    void withCaeTheCapabilityIsAddedAndEverythingElseKept(String claims, String merged) {
        assertThat(Claims.merge(claims, true)).isEqualTo(merged);
    }

    @Test
    void caeAloneSendsTheCapability() {
        assertThat(Claims.merge(null, true)).isEqualTo("{\"access_token\":{\"xms_cc\":{\"values\":[\"CP1\"]}}}");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", " ", "planted", "[]", "1", "null", "\"{}\"", "{", "{}planted", "{'a':1}", "{\"a\":1,\"a\":2}"})
    void whatIsNotAnObjectIsRefusedWithAndWithoutCae(String claims) {
        for (boolean cae : new boolean[] {false, true}) {
            assertThatExceptionOfType(ClientAuthenticationException.class).isThrownBy(() -> Claims.merge(claims, cae))
                    .withMessageContaining("claims").withMessageNotContaining("planted").withNoCause();
        }
    }

    @Test
    void accessTokenClaimsThatAreNoObjectCannotBeMerged() {
        assertThatExceptionOfType(ClientAuthenticationException.class)
                .isThrownBy(() -> Claims.merge("{\"access_token\":[]}", true)).withMessageContaining("access_token");
    }
}
