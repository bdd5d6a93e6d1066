package dev.monocred.spi;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.TokenRequestContext;
import reactor.core.publisher.Mono;

/**
 * The operating system's broker, which holds the tokens of the accounts that a person signed in to this machine with: the Web
 * Account Manager on Windows, Company Portal on macOS, {@code microsoft-identity-broker} on Linux. It is reached through
 * native code, which this library does not bring; wrap what you have.
 *
 * @see <a href="https://learn.microsoft.com/entra/msal/java/advanced/web-account-manager">MSAL for Java with a broker</a>
 */
@FunctionalInterface
public interface TokenBroker {

    /**
     * Asks for a token of an account that is signed in, without showing anything to anybody.
     *
     * <p>Nothing may happen before subscription, which comes from a thread of ours that is for blocking calls: short ones do not
     * matter, a native callback is better. It is cancelled after 30 seconds, and when the credential is closed. Equal
     * requests share one call, and there is none while a token is valid; so each call wants a token that was not given before
     * if the broker can get one.
     *
     * @param record whose token it is, and of which application; its tenant is {@code organizations} where Visual Studio Code
     *     names none
     * @param request scopes, claims, mode, and the tenant, which is never {@code null} here
     * @return one token; fails with {@link dev.monocred.core.CredentialUnavailableException} if this machine has no broker,
     *     and with another error if the broker refuses. People are shown the message: no secret belongs in it
     */
    Mono<AccessToken> getToken(AuthenticationRecord record, TokenRequestContext request);
}
