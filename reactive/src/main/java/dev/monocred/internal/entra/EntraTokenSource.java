package dev.monocred.internal.entra;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.EntraError;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Claims;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenRequest;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.entra.AuthenticationProvider.Proof;
import dev.monocred.internal.source.TokenSource;
import java.net.URI;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Tokens from the Entra token endpoint: a {@linkplain Grant grant} for what the application or a person has, an
 * {@linkplain AuthenticationProvider authentication} for who asks. Every credential that talks to Entra is one of these
 * with other arguments. Holds nothing about a request; cancelling ends whatever step is under way.
 */
public final class EntraTokenSource implements TokenSource {

    private final Application application;
    private final Authorities authorities;
    private final AuthenticationProvider authentication;
    private final Function<TokenRequestContext, Mono<Grant>> grants;
    private final OAuthTokenClient client;

    /**
     * Makes a source; nothing is asked.
     *
     * @param application who asks
     * @param authorities where
     * @param authentication how it proves itself
     * @param grants what is exchanged for a token: called and subscribed once for each acquisition
     * @param client sends
     */
    public EntraTokenSource(Application application, Authorities authorities, AuthenticationProvider authentication,
            Function<TokenRequestContext, Mono<Grant>> grants, OAuthTokenClient client) {
        this.application = application;
        this.authorities = authorities;
        this.authentication = authentication;
        this.grants = grants;
        this.client = client;
    }

    /**
     * Who asks.
     *
     * @param credential the name of the credential's class, which stands first in every error
     * @param tenant where a request goes that names no tenant
     * @param clientId the application's id
     */
    public record Application(String credential, String tenant, String clientId) {}

    /** The grant of an application that asks for itself. */
    public static Mono<Grant> clientCredentials(TokenRequestContext request) {
        return Mono.just(new Grant.ClientCredentials());
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return Mono.defer(() -> grants.apply(request)).flatMap(grant -> redeem(request, grant))
                .map(TokenResponse::accessToken);
    }

    /**
     * Exchanges a grant, and gives everything that came back.
     *
     * @param request for which scopes, tenant and claims
     * @param grant what is exchanged
     */
    public Mono<TokenResponse> redeem(TokenRequestContext request, Grant grant) {
        return redeem(request, grant, () -> { });
    }

    /**
     * As above, for a grant that is good for one use.
     *
     * @param request for which scopes, tenant and claims
     * @param grant what is exchanged
     * @param beforeSending is run before each attempt: from then on the server may have the grant
     */
    public Mono<TokenResponse> redeem(TokenRequestContext request, Grant grant, Runnable beforeSending) {
        return Mono.defer(() -> {
            String tenant = Objects.requireNonNullElse(request.tenantId(), application.tenant());
            String claims = claims(request);
            return authorities.resolve(application.credential(), tenant)
                    .map(authority -> new Exchange(authority, tenant,
                            proof -> {
                                beforeSending.run();
                                return new TokenRequest(grant, proof, application.clientId(), request.scopes(), claims);
                            },
                            isRepeatable(grant, authority)))
                    .flatMap(this::prove);
        });
    }

    private @Nullable String claims(TokenRequestContext request) {
        try {
            return Claims.merge(request.claims(), request.isCaeEnabled());
        } catch (ClientAuthenticationException malformed) {
            throw new ClientAuthenticationException(application.credential() + ": " + malformed.getMessage(), null,
                    malformed.details());
        }
    }

    /** N-9, N-11: what is good for one use only, what locks an account, and what a server may rotate is sent once. */
    private static boolean isRepeatable(Grant grant, Authority authority) {
        if (grant instanceof Grant.RefreshToken) {
            return authority.isKnown();
        }
        return grant instanceof Grant.ClientCredentials || grant instanceof Grant.OnBehalfOf;
    }

    private Mono<TokenResponse> prove(Exchange exchange) {
        return authentication.prepare().flatMap(proof -> send(exchange, proof)
                .onErrorResume(refusal -> exchange.isRepeatable && isWorthAnother(refusal),
                        refusal -> again(exchange, proof, refusal)));
    }

    /** A proof that was changed between being handed out and being used: the new one is tried once, at once. */
    private Mono<TokenResponse> again(Exchange exchange, Proof refused, Throwable refusal) {
        return authentication.prepare()
                .flatMap(proof -> proof.equals(refused) ? Mono.error(refusal) : send(exchange, proof));
    }

    private boolean isWorthAnother(Throwable error) {
        EntraError said = error instanceof ClientAuthenticationException refusal ? refusal.entraError() : null;
        return said != null && authentication.isWorthAnother(said);
    }

    private Mono<TokenResponse> send(Exchange exchange, Proof proof) {
        URI endpoint = exchange.authority.tokenEndpoint(exchange.tenant);
        return client.request(new TokenCall(application.credential(), exchange.tenant, application.clientId(), endpoint,
                exchange.isRepeatable, Mono.defer(() -> proof.forAttempt(endpoint)).map(exchange.request)));
    }

    /** What is settled before the proof. */
    private record Exchange(Authority authority, String tenant,
            Function<dev.monocred.core.oauth.ClientAuthentication, TokenRequest> request, boolean isRepeatable) {}
}
