package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdTokenTest {

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.replace('\'', '"').getBytes(UTF_8));
    }

    private static IdToken token(String claims) {
        return Objects.requireNonNull(IdToken.parse(base64("{'alg':'none'}") + "." + base64(claims) + "."), "no token");
    }

    @Test
    void saysWhoSignedIn() {
        IdToken token = token("{'iss':'https://login.microsoftonline.com/t1/v2.0','tid':'t1','preferred_username':'u@example.com'}");

        assertThat(token.issuerHost()).isEqualTo("login.microsoftonline.com");
        assertThat(token.tenantId()).isEqualTo("t1");
        assertThat(token.username()).isEqualTo("u@example.com");
    }

    /** entra.md, number 45: AD FS has neither a tenant nor a preferred name. */
    @Test
    void saysSoInTheWordsOfAdfs() {
        IdToken token = token("{'iss':'https://fs.example.com:8443/adfs','upn':'u@example.com'}");

        assertThat(token.issuerHost()).isEqualTo("fs.example.com:8443");
        assertThat(token.tenantId()).isEqualTo("adfs");
        assertThat(token.username()).isEqualTo("u@example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'iss':'','tid':7}", "{'iss':'not a uri'}", "{'iss':'https://host'}"})
    void saysNothingThatItDoesNotKnow(String claims) {
        assertThat(token(claims).tenantId()).isNull();
        assertThat(token(claims).username()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"~c1~, true", "~c2~, false", "[~c2~;~c1~], true", "[~c2~], false", "7, false"})
    void isForItsAudience(String audience, boolean isForUs) {
        assertThat(token("{'aud':" + audience.replace(';', ',').replace('~', '"') + "}").isFor("c1")).isEqualTo(isForUs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "a.!!.c", "a.bm8.c", "a.b.c.d"})
    void isNothingElse(String text) {
        assertThat(IdToken.parse(text)).isNull();
    }

    @Test
    void readsTheIdsOfAnAccount() {
        assertThat(IdToken.homeAccountId("eyJ1aWQiOiIxMTExMTExMS0xMTExLTExMTEtMTExMS0xMTExMTExMTExMTEiLCJ1dGlkIjoiMjIyMjIyMjI"
                + "tMjIyMi0yMjIyLTIyMjItMjIyMjIyMjIyMjIyIn0"))
                .isEqualTo("11111111-1111-1111-1111-111111111111.22222222-2222-2222-2222-222222222222");
        assertThat(IdToken.homeAccountId(base64("{'uid':'a','utid':'b'}") + "==")).isEqualTo("a.b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!", "{}", "{'uid':'a'}", "{'utid':'b'}", "no JSON"})
    void findsNoIdsWhereTheyAreMissing(String json) {
        assertThat(IdToken.homeAccountId(base64(json))).isNull();
        assertThat(IdToken.homeAccountId(json)).isNull();
    }

    @Test
    void printsNothing() {
        assertThat(token("{'sub':'somebody'}")).hasToString("IdToken");
    }
}
