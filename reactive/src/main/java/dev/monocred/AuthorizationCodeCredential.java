package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Grant;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.signin.CodeSignIn;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A web application after its user signed in: it has an authorization code, and redeems it. One credential for each sign-in.
 *
 * <p>A code is good for one use, so it is sent at most once, however many ask and whatever becomes of the answer. All later
 * tokens, for whatever scope and mode, come from the refresh token that came with the first; one request at a time uses it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3">RFC 6749, section 4.1.3</a>
 */
public final class AuthorizationCodeCredential implements TokenCredential {

    private static final String NAME = "AuthorizationCodeCredential";

    private final UserEngine engine;

    private AuthorizationCodeCredential(UserEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code tenantId}, {@code clientId}, {@code authorizationCode} and {@code redirectUri} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A request that finds no token held ends within 30 seconds; it runs on an event loop, where its subscribers are
     * called. When the code is used and no refresh token is left, or Entra wants more of the person,
     * it fails with {@link dev.monocred.core.AuthenticationRequiredException}: the user has to sign in again.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(request);
    }

    @Override
    public Mono<Void> close() {
        return engine.close();
    }

    /**
     * Collects what an {@link AuthorizationCodeCredential} needs. Every credential that it builds redeems the code by itself,
     * so build one.
     */
    public static final class Builder extends SecretBuilder<Builder> {

        private @Nullable String code;
        private @Nullable String redirectUri;
        private @Nullable String verifier;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        @Override
        void requireOwn(Required required) {
            required.part("authorizationCode", code);
            required.part("redirectUri", redirectUri);
        }

        /**
         * Sets the code. Required.
         *
         * @param authorizationCode what the browser brought
         * @return this builder
         */
        public Builder authorizationCode(String authorizationCode) {
            this.code = authorizationCode.isBlank() ? null : authorizationCode;
            return this;
        }

        /**
         * Sets where the browser brought it. Required.
         *
         * @param redirectUri exactly as it was sent to the authorize endpoint
         * @return this builder
         * @throws IllegalArgumentException if it is no URI
         */
        public Builder redirectUri(String redirectUri) {
            this.redirectUri = redirectUri.isBlank() ? null : URI.create(redirectUri).toString();
            return this;
        }

        /**
         * Sets the other half of the code challenge (PKCE); none by default.
         *
         * @param codeVerifier what the challenge was made from
         * @return this builder
         */
        public Builder codeVerifier(String codeVerifier) {
            this.verifier = requireNonNull(codeVerifier, "codeVerifier");
            return this;
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, or a malformed value
         */
        public AuthorizationCodeCredential build() {
            EntraOptions options = options(NAME);
            Grant.AuthorizationCode grant =
                    new Grant.AuthorizationCode(requireNonNull(code), requireNonNull(redirectUri), verifier);
            ClientProof proof = secret() != null ? secret() : (entra, credential) -> AuthenticationProvider.NONE;
            return new AuthorizationCodeCredential(UserEngine.redeeming(NAME, options, proof.of(NAME),
                    wiring -> new CodeSignIn(NAME, wiring.endpoint(), grant)));
        }
    }
}
