package dev.monocred.internal.entra;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TimeSource;
import dev.monocred.core.jwt.AssertionAlgorithm;
import dev.monocred.core.jwt.BadCertificateException;
import dev.monocred.core.jwt.ClientAssertionSigner;
import dev.monocred.core.jwt.SigningCertificate;
import dev.monocred.core.oauth.ClientAuthentication;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A certificate, and a new assertion for each attempt: servers may take each {@code jti} once. Files are read and assertions
 * signed on the io pool, because a signature keeps a thread for 1 ms with RSA-2048 and for 7 ms with RSA-4096 (the first
 * of a process for 130 ms), measured on the machine of the benchmarks. Cancelling ends what is under way.
 */
public final class CertificateAuthentication implements AuthenticationProvider {

    private final Holder holder;
    private final CertificateStore store;
    private final Style style;
    private final @Nullable Signer signer;
    private final Supplier<Scheduler> io;
    private final TimeSource time;

    CertificateAuthentication(Holder holder, CertificateStore store, Style style, @Nullable Signer signer,
            Supplier<Scheduler> io, TimeSource time) {
        this.holder = holder;
        this.store = store;
        this.style = style;
        this.signer = signer;
        this.io = io;
        this.time = time;
    }

    /**
     * Whose certificate it is.
     *
     * @param credential whose name stands first in an error
     * @param clientId the application
     */
    public record Holder(String credential, String clientId) {}

    /**
     * What an assertion looks like.
     *
     * @param algorithm how it is signed
     * @param sendsChain whether the chain goes along
     */
    public record Style(AssertionAlgorithm algorithm, boolean sendsChain) {}

    /** Signs bytes with a key that is elsewhere; asks the application anew for each signature. */
    @FunctionalInterface
    interface Signer extends Function<byte[], Mono<String>> {}

    @Override
    public Mono<Proof> prepare() {
        return onIo(() -> {
            SigningCertificate certificate = load();
            ClientAssertionSigner assertions = new ClientAssertionSigner(certificate, style.algorithm, style.sendsChain);
            return endpoint -> assertion(assertions, endpoint).map(ClientAuthentication.Assertion::new);
        });
    }

    private SigningCertificate load() {
        try {
            SigningCertificate certificate = store.load();
            checkEnd(certificate, Instant.ofEpochMilli(time.wallMillis()));
            return certificate;
        } catch (BadCertificateException bad) {
            throw new ClientAuthenticationException(TokenErrors.sentence(holder.credential, "the " + store.name() + " "
                    + bad.clause(), "Put a PEM or PKCS#12 file with an RSA key and its certificate there", null), bad);
        }
    }

    /**
     * Refuses a certificate that is over.
     *
     * @throws BadCertificateException if it is
     */
    public static void checkEnd(SigningCertificate certificate, Instant now) throws BadCertificateException {
        if (certificate.notAfter().isBefore(now)) {
            throw new BadCertificateException("expired on " + certificate.notAfter(), null);
        }
    }

    private Mono<String> assertion(ClientAssertionSigner assertions, URI endpoint) {
        Mono<String> unsigned = onIo(() -> assertions.unsigned(holder.clientId, endpoint,
                Instant.ofEpochMilli(time.wallMillis()), UUID.randomUUID().toString()));
        Signer elsewhere = signer;
        return elsewhere == null ? unsigned.map(assertions::sign)
                : unsigned.flatMap(text -> elsewhere.apply(ClientAssertionSigner.bytes(text)).map(signature -> text + "." + signature));
    }

    private <T> Mono<T> onIo(Callable<T> work) {
        return Mono.defer(() -> Mono.fromCallable(work).subscribeOn(io.get()))
                .onErrorMap(RejectedExecutionException.class,
                        rejected -> TokenErrors.saturated(holder.credential, "the certificate was not used", rejected));
    }
}
