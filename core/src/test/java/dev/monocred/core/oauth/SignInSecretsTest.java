package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 3.7; checklist 39, 43. */
class SignInSecretsTest {

    private static final SignInSecrets SECRETS = SignInSecrets.of(bytes());

    private static byte[] bytes() {
        byte[] bytes = new byte[SignInSecrets.RANDOM_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        return bytes;
    }

    @Test
    void theChallengeIsThatOfTheSpecificationsVector() {
        assertThat(new SignInSecrets("s", "n", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").codeChallenge())
                .as("RFC 7636, appendix B").isEqualTo("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    @Test
    void eachTextIsMadeOfItsOwn256Bits() {
        assertThat(new String[] {SECRETS.state(), SECRETS.nonce(), SECRETS.codeVerifier()}).doesNotHaveDuplicates()
                .allMatch(text -> text.matches("[A-Za-z0-9_-]{43}"), "43 characters that PKCE and a query allow");
    }

    @Test
    void anotherNumberOfRandomBytesIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SignInSecrets.of(new byte[95])).withMessageContaining("95");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "BwcHBw"})
    void onlyTheExactStateIsTheState(String answered) {
        assertThat(SECRETS.isState(answered)).isFalse();
        assertThat(SECRETS.isState(SECRETS.state() + "x") || SECRETS.isState(SECRETS.state().substring(1))).isFalse();
        assertThat(SECRETS.isState(SECRETS.state())).isTrue();
    }

    private static IdToken idToken(String claims) {
        return requireNonNull(IdToken.parse(
                "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8)) + "."));
    }

    @Test
    void anIdTokenWithTheNonceIsTheOneOfThisSignIn() {
        assertThat(SECRETS.isNonceOf(idToken("{\"nonce\":\"" + SECRETS.nonce() + "\"}"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"nonce\":\"another\"}", "{\"nonce\":null}", "{\"nonce\":1}"})
    void anyOtherIdTokenIsNot(String claims) {
        assertThat(SECRETS.isNonceOf(idToken(claims))).isFalse();
    }

    @Test
    void noneIsPrinted() {
        assertThat(SECRETS.toString()).isEqualTo("SignInSecrets");
    }
}
