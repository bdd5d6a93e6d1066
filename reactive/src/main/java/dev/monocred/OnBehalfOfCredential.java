package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.entra.AuthenticationProvider;
import dev.monocred.internal.entra.EntraEngine;
import dev.monocred.internal.refresh.RefresherOptions;
import dev.monocred.internal.refresh.TokenOwner;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A web API that calls another one for the user who called it. It proves itself with a secret, a certificate or an assertion,
 * and exchanges the token that the user came with for one that takes it further.
 *
 * <p>Make one for the whole application, and for each incoming call a sibling of it, which costs next to nothing:
 *
 * <pre>{@code
 * Mono<AccessToken> token = credential.withUserAssertion(incomingToken).getToken("https://graph.microsoft.com/.default");
 * }</pre>
 *
 * <p>Siblings share everything, and users nothing: tokens are kept for each user assertion, the 1,000 last used, and
 * forgotten 10 to 20 minutes after their last use. If Entra gives a refresh token, the user's later tokens come from that.
 *
 * <p>If Entra wants the user to do something, the error's {@code entraError().claims()} say what: answer your caller with a
 * 401 and a claims challenge, and the front end can ask its user.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow">On-behalf-of flow</a>
 */
public final class OnBehalfOfCredential implements TokenCredential {

    private static final String NAME = "OnBehalfOfCredential";

    private final OnBehalfOfEngine engine;
    private final @Nullable TokenOwner user;
    private final boolean isSibling;

    private OnBehalfOfCredential(OnBehalfOfEngine engine, @Nullable TokenOwner user, boolean isSibling) {
        this.engine = engine;
        this.user = user;
        this.isSibling = isSibling;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code tenantId}, {@code clientId}, and a secret, a certificate or an assertion are required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The same for another user. Siblings share tokens of equal assertions, requests under way, connections and threads.
     *
     * @param userAssertion the access token with which the user called
     * @return a sibling, for as long as this credential is open; closing the sibling does nothing
     * @throws IllegalArgumentException if it is blank
     */
    public OnBehalfOfCredential withUserAssertion(String userAssertion) {
        if (userAssertion.isBlank()) {
            throw new IllegalArgumentException(NAME + " needs a userAssertion, which is blank");
        }
        return new OnBehalfOfCredential(engine, engine.owner(userAssertion), true);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A request that finds no token held ends within 30 seconds; it runs on an event loop, where its subscribers are
     * called.
     */
    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return engine.getToken(user, request);
    }

    /** Closes this credential and all its siblings; on a sibling it does nothing. */
    @Override
    public Mono<Void> close() {
        return isSibling ? Mono.empty() : engine.close();
    }

    /** Collects what an {@link OnBehalfOfCredential} needs. Can be used again; built credentials do not see later changes. */
    public static final class Builder extends CertificateBuilder<Builder> {

        private @Nullable String userAssertion;
        private @Nullable ClientProof secret;
        private @Nullable ClientProof assertion;

        Builder() {
            maxCachedTokens(RefresherOptions.MAX_USER_ENTRIES);
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        void requireOwn(Required required) {
            if (userAssertion != null) {
                required.text("userAssertion", userAssertion);
            }
            required.part("clientSecret, a certificate or clientAssertion",
                    secret != null || assertion != null || hasCertificate() ? this : null);
        }

        /**
         * Sets the access token with which the user called. Not needed if each user comes with
         * {@link OnBehalfOfCredential#withUserAssertion}.
         *
         * @param userAssertion the token
         * @return this builder
         */
        public Builder userAssertion(String userAssertion) {
            this.userAssertion = requireNonNull(userAssertion, "userAssertion");
            return this;
        }

        /**
         * Sets the application's secret: its value, not its id.
         *
         * @param clientSecret the secret
         * @return this builder
         */
        public Builder clientSecret(String clientSecret) {
            secret = ClientProof.secret(clientSecret);
            return this;
        }

        /**
         * Sets where the application's secret comes from; asked for each acquisition, never on a cache hit, on a thread of
         * the library that may block.
         *
         * @param clientSecret gives the secret
         * @return this builder
         */
        public Builder clientSecret(Supplier<Mono<String>> clientSecret) {
            secret = ClientProof.secret(clientSecret);
            return this;
        }

        /**
         * Sets where the application's assertions come from; asked once for each acquisition, never on a cache hit, on a
         * thread of the library that may block.
         *
         * @param clientAssertion gives a JWT
         * @return this builder
         */
        public Builder clientAssertion(Supplier<Mono<String>> clientAssertion) {
            assertion = ClientProof.assertion(clientAssertion);
            return this;
        }

        /**
         * Makes the credential. Starts nothing and opens no file.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, a malformed value, what is
         *     wrong with a certificate's bytes, or that there is more than one proof
         */
        public OnBehalfOfCredential build() {
            EntraOptions options = options(NAME);
            OnBehalfOfEngine engine = OnBehalfOfEngine.of(NAME, options, proof(options));
            return new OnBehalfOfCredential(engine, userAssertion == null ? null : engine.owner(userAssertion), false);
        }

        private Function<EntraEngine, AuthenticationProvider> proof(EntraOptions options) {
            if (Stream.of(secret != null, assertion != null, hasCertificate()).filter(isGiven -> isGiven).count() > 1) {
                throw new IllegalArgumentException(NAME + " takes one of clientSecret, certificate and clientAssertion");
            }
            if (hasCertificate()) {
                return certificate(NAME, options);
            }
            return requireNonNull(secret != null ? secret : assertion).of(NAME);
        }
    }
}
