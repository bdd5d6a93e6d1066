package dev.monocred.internal.signin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.cache.TokenCacheJson;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** token-cache.md 9; the sentences are SharedTokenCacheCredentialTest's. */
class AccountChoiceTest {

    private static final String CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    private static final AccountChoice ANYBODY = new AccountChoice("Invented", null, null, null);

    private static TokenCacheDocument document(String accountHost, String tokenHost, String hash) {
        String text = """
                {"Account":{"a":{"home_account_id":"uid.utid","environment":"%s","realm":"organizations","username":"ada"}},
                 "RefreshToken":{"r":{"home_account_id":"UID.utid","environment":"%s","client_id":"%s","secret":"invented"%s}}}
                """.formatted(accountHost, tokenHost, CLIENT, hash.isEmpty() ? "" : ",\"user_assertion_hash\":\"" + hash + "\"");
        return Objects.requireNonNull(TokenCacheJson.read(text.getBytes(UTF_8)));
    }

    private static Owner at(String host) {
        return new Owner(host, CLIENT, "", "");
    }

    /** Number 39: whichever name of the cloud the record, the token and the account have. */
    @ParameterizedTest
    @CsvSource({"login.windows.net, login.microsoftonline.com, login.microsoftonline.com",
            "login.microsoftonline.com, login.windows.net, login.windows.net",
            "login.microsoftonline.com, LOGIN.microsoft.com, sts.windows.net"})
    void everyNameOfTheCloudWillDo(String asked, String account, String token) {
        AccountChoice recorded = new AccountChoice("Invented", null, null, "uid.UTID");

        assertThat(recorded.from(document(account, token, ""), at(asked)).username()).isEqualTo("ada");
        assertThatThrownBy(() -> recorded.from(document(account, token, ""), at("login.microsoftonline.us")))
                .isInstanceOf(CredentialUnavailableException.class).hasMessageContaining("AuthenticationRecord");
    }

    /** Number 38. */
    @Test
    void whatWasGotOnBehalfOfSomebodyIsNoSignIn() {
        assertThatThrownBy(() -> ANYBODY.from(document("login.windows.net", "login.windows.net", "invented-hash"),
                at("login.windows.net"))).hasMessageContaining("No accounts were found");
    }

    @Test
    void theTenantIsTheHomeTenant() {
        TokenCacheDocument document = document("login.windows.net", "login.windows.net", "");

        assertThat(new AccountChoice("Invented", "ADA", "UTID", null).from(document, at("login.windows.net")).username()).isEqualTo("ada");
        assertThatThrownBy(() -> new AccountChoice("Invented", null, "organizations", null).from(document, at("login.windows.net")))
                .hasMessage("Invented authentication unavailable. No account matching the specified tenantId: organizations was"
                        + " found in the cache. Sign in with that account, or specify another one.");
    }
}
