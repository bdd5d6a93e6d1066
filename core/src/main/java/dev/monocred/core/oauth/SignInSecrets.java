package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What one sign-in in a browser is recognized by: three texts that nobody can guess. The state comes back with the browser,
 * the nonce inside the id token, and the code verifier proves that whoever redeems the code is who asked for it.
 *
 * @param state ties the browser's answer to this sign-in
 * @param nonce ties the id token to this sign-in
 * @param codeVerifier the half of the PKCE pair that is kept until the code is redeemed
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7636#section-4">RFC 7636, section 4</a>
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest">OpenID Connect Core, section 3.1.2.1</a>
 */
public record SignInSecrets(String state, String nonce, String codeVerifier) {

    /** Each text is made of 32 bytes: 256 bits, and with 43 characters the shortest verifier that PKCE allows. */
    private static final int BYTES = 32;
    /** How many random bytes {@link #of(byte[])} takes. */
    public static final int RANDOM_BYTES = 3 * BYTES;

    /**
     * Makes the three texts.
     *
     * @param random {@link #RANDOM_BYTES} bytes of a cryptographic source, used for nothing else
     * @return the texts
     * @throws IllegalArgumentException if there are more or fewer bytes
     */
    public static SignInSecrets of(byte[] random) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("a sign-in takes " + RANDOM_BYTES + " random bytes but got " + random.length);
        }
        return new SignInSecrets(text(random, 0), text(random, 1), text(random, 2));
    }

    private static String text(byte[] random, int part) {
        return base64Url(Arrays.copyOfRange(random, part * BYTES, (part + 1) * BYTES));
    }

    /**
     * The other half of the PKCE pair, by the method {@code S256}.
     *
     * @return what the authorize endpoint is shown
     */
    public String codeChallenge() {
        try {
            return base64Url(MessageDigest.getInstance("SHA-256").digest(codeVerifier.getBytes(US_ASCII)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /**
     * Compares, in a time that does not tell how much was right.
     *
     * @param answered the state that came with an answer, or {@code null}
     * @return whether the answer is this sign-in's
     */
    public boolean isState(@Nullable String answered) {
        return answered != null && MessageDigest.isEqual(state.getBytes(UTF_8), answered.getBytes(UTF_8));
    }

    /**
     * Looks into an id token.
     *
     * @param idToken what came with the tokens
     * @return whether it was issued for this sign-in
     */
    public boolean isNonceOf(IdToken idToken) {
        return nonce.equals(idToken.claim("nonce"));
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "SignInSecrets";
    }
}
