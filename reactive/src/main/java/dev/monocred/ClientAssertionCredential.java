package dev.monocred;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A service that proves itself with an assertion of its own making: a JWT that it signed, or that an identity provider gave
 * it which Entra trusts (workload identity federation). Make one credential for the whole application.
 *
 * <p>In Kubernetes take workload identity, and for a certificate take {@code CertificateCredential}: they make the assertion
 * themselves.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7523#section-2.2">RFC 7523, section 2.2</a>
 */
public final class ClientAssertionCredential implements TokenCredential {

    private static final String NAME = "ClientAssertionCredential";

    private final CredentialEngine engine;

    private ClientAssertionCredential(CredentialEngine engine) {
        this.engine = engine;
    }

    /**
     * Starts a credential.
     *
     * @return a builder; {@code tenantId}, {@code clientId} and {@code clientAssertion} are required
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Entra answers an application only for one scope that ends in {@code /.default}. A request that finds no token
     * held ends within 30 seconds; it runs on an event loop, where its subscribers are called.
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
     * Collects what a {@link ClientAssertionCredential} needs. Can be used again; built credentials do not see later changes.
     */
    public static final class Builder extends EntraCredentialBuilder<Builder> {

        private @Nullable ClientProof assertion;

        Builder() {}

        @Override
        Builder self() {
            return this;
        }

        @Override
        void requireOwn(Required required) {
            required.part("clientAssertion", assertion);
        }

        /**
         * Sets where assertions come from. Required. Asked once for each acquisition, never on a cache hit, on a thread of
         * the library that may block. If it throws, emits nothing, a blank text or nothing for 15 seconds, the acquisition
         * fails, and the next one asks again.
         *
         * @param clientAssertion gives a JWT
         * @return this builder
         */
        public Builder clientAssertion(Supplier<Mono<String>> clientAssertion) {
            this.assertion = ClientProof.assertion(clientAssertion);
            return this;
        }

        /**
         * Makes the credential. Opens, reads and starts nothing.
         *
         * @return a credential that sees no later change of this builder
         * @throws IllegalArgumentException naming every required part that is missing or blank, or a malformed value
         */
        public ClientAssertionCredential build() {
            EntraOptions options = options(NAME);
            return new ClientAssertionCredential(
                    CredentialEngine.application(NAME, options, requireNonNull(assertion).of(NAME)));
        }
    }
}
