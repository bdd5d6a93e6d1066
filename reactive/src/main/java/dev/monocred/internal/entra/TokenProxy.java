package dev.monocred.internal.entra;

import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpCall;
import dev.monocred.internal.http.HttpSender;
import dev.monocred.internal.runtime.SmallFile;
import dev.monocred.internal.runtime.SmallFile.Unusable;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;

/**
 * Leads token requests to the proxy of a cluster of AKS, which exchanges them in its own name (identity bindings, platform.md
 * 14): the same request at another address, with the trust that the cluster asks for. A file of authorities is read for each
 * request, on the io pool; one that has changed makes a new client, whose connections are its own. Cancelling ends the
 * exchange under way.
 */
final class TokenProxy implements HttpSender {

    private static final int LARGEST = 1 << 20;

    private final String credential;
    private final TokenProxySettings settings;
    private final @Nullable SmallFile caFile;
    private final Supplier<HttpClient> base;
    private final Function<HttpClient, HttpSender> exchanges;
    private final Supplier<Scheduler> io;
    private final AtomicReference<@Nullable Route> last = new AtomicReference<>();

    // "ArrayRecordComponent": nobody compares one or sees its bytes.
    @SuppressWarnings("ArrayRecordComponent")
    private record Route(byte[] bundle, HttpSender sender) {}

    /**
     * Opens nothing yet.
     *
     * @param credential whose name stands first in an error
     * @param settings where the proxy is
     * @param base the client whose TLS and proxy are replaced
     * @param exchanges makes a client send
     * @param io where files are read
     */
    TokenProxy(String credential, TokenProxySettings settings, Supplier<HttpClient> base,
            Function<HttpClient, HttpSender> exchanges, Supplier<Scheduler> io) {
        this.credential = credential;
        this.settings = settings;
        this.caFile = settings.caFile() == null ? null : new SmallFile(settings.caFile(), LARGEST, "bundle of certificates");
        this.base = base;
        this.exchanges = exchanges;
        this.io = io;
    }

    @Override
    public Mono<RawAnswer> send(HttpCall call) {
        return Mono.defer(() -> Mono.fromCallable(this::route).subscribeOn(io.get()))
                .onErrorMap(RejectedExecutionException.class, rejected -> TokenErrors.saturated(credential,
                        "the certificates of the token proxy were not read", rejected))
                .flatMap(route -> route.sender.send(
                        new HttpCall(call.method(), settings.through(call.uri()), call.headers(), call.body())));
    }

    private Route route() {
        Route before = last.get();
        SmallFile file = caFile;
        byte[] bundle = file == null ? new byte[0] : read(file);
        // Empty is what a file is while it is being replaced.
        if (before != null && (bundle.length == 0 || Arrays.equals(before.bundle, bundle))) {
            return before;
        }
        Route route = new Route(bundle, exchanges.apply(client(file, bundle)));
        last.set(route);
        return route;
    }

    private HttpClient client(@Nullable SmallFile file, byte[] bundle) {
        List<X509Certificate> authorities = file == null ? settings.authorities() : authorities(bundle);
        // The proxy is part of the cluster: nothing leads to it but the cluster's own network.
        return TokenProxyTls.secure(base.get().noProxy(), authorities, settings.serverName());
    }

    private byte[] read(SmallFile file) {
        try {
            return file.read();
        } catch (Unusable unusable) {
            throw unavailable(unusable.clause(), unusable.getCause());
        }
    }

    private List<X509Certificate> authorities(byte[] bundle) {
        List<X509Certificate> certificates = TokenProxyTls.certificates(bundle);
        if (certificates.isEmpty()) {
            throw unavailable(bundle.length == 0 ? "is empty" : "holds no certificates in PEM form", null);
        }
        return certificates;
    }

    private CredentialUnavailableException unavailable(String what, @Nullable Throwable cause) {
        return new CredentialUnavailableException(TokenErrors.sentence(credential + " is unavailable", "the file "
                + settings.caFile() + " of " + TokenProxySettings.CA_FILE + " " + what,
                "Check the identity binding of the pod, which sets this variable", null), cause, Details.NONE);
    }

    @Override
    public String toString() {
        return "TokenProxy[" + settings.proxy() + "]";
    }
}
