package dev.monocred.internal.http;

import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.http.HttpFailure.Kind;
import dev.monocred.internal.runtime.SharedRuntime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.AttributeKey;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.Connection;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.transport.ProxyProvider;

/**
 * One request, one answer, no more: no retry, no redirect, no decompression (N-2). Emits the whole answer whatever its
 * status, or fails with {@link HttpFailure} and nothing else. Every exchange ends within its total time; cancelling one
 * closes its connection. Emits on an event loop, or on the scheduler when time ran out.
 *
 * <p>The client is made ready on the io pool, because that reads the trust store; afterwards subscribing only sends.
 */
public final class HttpExchange implements HttpSender {

    /** Set on a connection by its first exchange: tells a stale connection from a peer that hangs up (fault 11). */
    private static final AttributeKey<Boolean> USED = AttributeKey.valueOf(HttpExchange.class, "used");

    private final SharedRuntime.Lease runtime;
    private final @Nullable HttpClient given;
    private final HttpLimits limits;
    private final Scheduler timer;
    private final ProxyRules proxies;
    private final AtomicReference<@Nullable HttpClient> direct = new AtomicReference<>();
    private final AtomicReference<@Nullable HttpClient> unproxied = new AtomicReference<>();

    /**
     * Makes an exchange; nothing is opened.
     *
     * @param runtime gives the client, if none is given, and the threads to make it ready on
     * @param given the application's own client: a copy is used, and pool, TLS, proxy, resolver and loops stay its own
     * @param limits of each exchange
     * @param timer counts the total time
     * @param proxies which proxy to use where, if no client is given
     */
    public HttpExchange(SharedRuntime.Lease runtime, @Nullable HttpClient given, HttpLimits limits, Scheduler timer,
            ProxyRules proxies) {
        this.runtime = runtime;
        this.given = given;
        this.limits = limits;
        this.timer = timer;
        this.proxies = proxies;
    }

    @Override
    public Mono<RawAnswer> send(HttpCall call) {
        return Mono.defer(() -> {
            Progress progress = new Progress();
            return client(call)
                    .flatMap(client -> exchange(client, call, progress))
                    .timeout(limits.total(), Mono.error(() -> late(call, progress)), timer)
                    .onErrorMap(error -> NetworkFailures.of(error, call, progress.sent, progress.reused));
        });
    }

    /** How far an exchange got; written on the event loop, read wherever it fails. */
    private static final class Progress {
        private volatile boolean sent;
        private volatile boolean reused;

        void sending(Connection connection) {
            reused = connection.channel().attr(USED).getAndSet(true) != null;
            sent = true;
        }
    }

    private HttpFailure late(HttpCall call, Progress progress) {
        return new HttpFailure(Kind.DEADLINE, call.peer() + " took longer than " + limits.total().toSeconds() + " s in all",
                progress.sent, false, null);
    }

    private Mono<RawAnswer> exchange(HttpClient client, HttpCall call, Progress progress) {
        HttpClient.RequestSender request = client
                .headers(headers -> headers(headers, call))
                .doOnRequest((sent, connection) -> progress.sending(connection))
                .request(HttpMethod.valueOf(call.method()))
                .uri(call.uri());
        HttpClient.ResponseReceiver<?> answer = call.body().length == 0 ? request
                : request.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(call.body())));
        return answer.response((head, body) -> answer(head, body, call)).next();
    }

    private static void headers(HttpHeaders headers, HttpCall call) {
        call.headers().forEach(headers::set);
        if (call.body().length > 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, call.body().length);
        }
    }

    private Mono<RawAnswer> answer(HttpClientResponse head, Flux<ByteBuf> body, HttpCall call) {
        return body.collect(ByteArrayOutputStream::new, (bytes, part) -> append(bytes, part, call))
                .map(bytes -> new RawAnswer(head.status().code(), headers(head.responseHeaders()), bytes.toByteArray()));
    }

    private void append(ByteArrayOutputStream bytes, ByteBuf part, HttpCall call) {
        if (bytes.size() + part.readableBytes() > limits.bodyBytes()) {
            throw new HttpFailure(Kind.TOO_LARGE, call.peer() + " answered with more than " + limits.bodyBytes() + " bytes",
                    true, false, null);
        }
        bytes.writeBytes(ByteBufUtil.getBytes(part));
    }

    private static Map<String, List<String>> headers(HttpHeaders headers) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        headers.forEach(header -> byName
                .computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(header.getValue()));
        return byName;
    }

    /** Ready at once after the first time; a proxy's name is looked up each time, and never on an event loop (N-4). */
    private Mono<HttpClient> client(HttpCall call) {
        boolean isDirect = ProxyRules.isDirect(call.uri());
        HttpClient ready = isDirect ? unproxied.get() : given != null || !proxies.exist() ? direct.get() : null;
        return ready != null ? Mono.just(ready)
                : Mono.fromCallable(() -> prepare(call, isDirect)).subscribeOn(runtime.io());
    }

    private HttpClient prepare(HttpCall call, boolean isDirect) {
        if (isDirect) {
            return keep(unproxied, limited(base().noProxy()));
        }
        ProxyRules.Proxy proxy = given != null ? null : proxies.find(call.uri());
        return proxy == null ? keep(direct, limited(base())) : limited(through(proxy, base()));
    }

    private static HttpClient keep(AtomicReference<@Nullable HttpClient> place, HttpClient client) {
        place.set(client);
        return client;
    }

    private HttpClient base() {
        if (given == null) {
            return runtime.httpClient();
        }
        // Without this the library would make its default for TLS, which reads files, on the subscriber's thread.
        return given.configuration().sslProvider() == null ? given.protocol(HttpProtocol.HTTP11).secure() : given;
    }

    private HttpClient limited(HttpClient client) {
        return client.protocol(HttpProtocol.HTTP11)
                .keepAlive(true)
                .disableRetry(true)
                .followRedirect(false)
                .compress(false)
                // What is on the wire here is secret.
                .wiretap(false)
                .responseTimeout(limits.response())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(limits.connect().toMillis()))
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(limits.headerBytes()));
    }

    /** The proxy resolves the host's name: only it may know it. */
    private HttpClient through(ProxyRules.Proxy proxy, HttpClient client) {
        InetSocketAddress address = new InetSocketAddress(proxy.host(), proxy.port());
        if (address.isUnresolved()) {
            throw new HttpFailure(Kind.UNKNOWN_HOST, "the name of the proxy " + proxy.host() + " has no address", false, false,
                    null);
        }
        return client.resolver(NoopAddressResolverGroup.INSTANCE).proxy(spec -> proxy(proxy, spec, address));
    }

    private void proxy(ProxyRules.Proxy proxy, ProxyProvider.TypeSpec spec, InetSocketAddress address) {
        ProxyProvider.Builder builder = spec.type(proxy.isSocks() ? ProxyProvider.Proxy.SOCKS5 : ProxyProvider.Proxy.HTTP)
                .socketAddress(address)
                .connectTimeoutMillis(limits.connect().toMillis());
        String user = proxy.user();
        String password = proxy.password();
        if (user != null && password != null) {
            builder.username(user).password(name -> password);
        }
    }
}
