package dev.monocred.internal.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.oauth.AuthorizationAnswer;
import dev.monocred.core.oauth.SignInSecrets;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A port of this machine that waits for one answer. Everybody on the machine can knock, and so can every page that its
 * browsers show; only what has the state of this sign-in is an answer, and only the first one counts. Whoever brought it is
 * shown a page when the application knows how the sign-in ended.
 *
 * <p>It listens on the event loops that the HTTP client uses; it has no thread. Safe for use by several threads.
 */
final class Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /** Browsers open connections that they may need later; none outlives this. */
    private static final Duration IDLE = Duration.ofSeconds(5);
    /** A browser on the same machine sends a form at once. */
    private static final Duration SENDING = Duration.ofSeconds(10);
    /** Codes have a few thousand characters at most, and in a query they stand in the first line. */
    private static final int MAX_ANSWER = 64 * 1024;
    /** Cookies are shared by all ports of a host, so this one gets those of all servers that were ever tried out here. */
    private static final int MAX_HEADERS = 256 * 1024;

    private final RedirectUri redirect;
    private final SignInSecrets secrets;
    private final Sinks.One<AuthorizationAnswer> answer = Sinks.one();
    private final Sinks.One<Page> verdict = Sinks.one();

    private Listener(RedirectUri redirect, SignInSecrets secrets) {
        this.redirect = redirect;
        this.secrets = secrets;
    }

    /** A listener and its socket. */
    record Bound(Listener listener, DisposableServer server) {

        /** What the authority is told. */
        String redirectUri() {
            return listener.redirect.at(server.port());
        }

        /** The first answer with the right state. Emits on an event loop. */
        Mono<AuthorizationAnswer> answer() {
            return listener.answer.asMono();
        }

        /** Tells whoever brought the answer, or brings it once more, how it ended. Only the first page counts. */
        void show(Page page) {
            listener.verdict.tryEmitValue(page);
        }

        /** Frees the port at once; whoever brought the answer still gets the page. Does not block. */
        void close(Page page) {
            show(page);
            server.dispose();
        }
    }

    /** Binds for each subscription; fails with {@link io.netty.channel.ChannelException} or an I/O error. */
    static Mono<Bound> bind(RedirectUri redirect, SignInSecrets secrets) {
        return Mono.defer(() -> {
            Listener listener = new Listener(redirect, secrets);
            return HttpServer.create()
                    .bindAddress(() -> new InetSocketAddress(redirect.address(), redirect.port()))
                    .idleTimeout(IDLE).requestTimeout(SENDING)
                    .httpRequestDecoder(limits -> limits.maxInitialLineLength(MAX_ANSWER).maxHeaderSize(MAX_HEADERS))
                    .wiretap(false)
                    .handle(listener::handle)
                    .bind()
                    .map(server -> new Bound(listener, server));
        });
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return receive(request).flatMap(page -> send(response, page));
    }

    private static Mono<Void> send(HttpServerResponse response, Page page) {
        Page.HEADERS.forEach(response::header);
        // The browser needs no second look, and a connection that is kept would outlive the sign-in.
        return response.status(page.status()).keepAlive(false).sendString(Mono.fromSupplier(page::html)).then();
    }

    private Mono<Page> receive(HttpServerRequest request) {
        String uri = request.uri();
        int question = uri.indexOf('?');
        if (isForeign(request.requestHeaders())) {
            return Mono.just(Pages.nothingHere(403));
        }
        if (!redirect.path().equals(question < 0 ? uri : uri.substring(0, question))) {
            return Mono.just(Pages.nothingHere(404));
        }
        if (request.method().equals(HttpMethod.GET)) {
            return settle(question < 0 ? "" : uri.substring(question + 1));
        }
        return request.method().equals(HttpMethod.POST) ? form(request) : Mono.just(Pages.nothingHere(405));
    }

    /**
     * An answer comes by a navigation of this machine's browser to the name it was given. Another name is DNS rebinding;
     * another kind of request is a page that looks for open ports. (Older browsers do not tell the kind.)
     */
    private static boolean isForeign(HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST, "");
        String mode = headers.get("Sec-Fetch-Mode", "navigate");
        return !RedirectUri.isLoopback(host.replaceFirst(":\\d+$", "")) || !mode.equals("navigate");
    }

    private Mono<Page> form(HttpServerRequest request) {
        int length = request.requestHeaders().getInt(HttpHeaderNames.CONTENT_LENGTH, -1);
        if (!request.isFormUrlencoded() || length < 0 || length > MAX_ANSWER) {
            return Mono.just(Pages.nothingHere(!request.isFormUrlencoded() ? 415 : length < 0 ? 411 : 413));
        }
        return request.receive().aggregate().asString(UTF_8).defaultIfEmpty("").flatMap(this::settle);
    }

    /** The first answer is taken; one more, as after a reload, waits for the same page. */
    private Mono<Page> settle(String encoded) {
        AuthorizationAnswer brought = AuthorizationAnswer.parse(encoded);
        if (!secrets.isState(brought.state())) {
            LOG.debug("Something without the state of the sign-in under way came; still waiting");
            return Mono.just(Pages.anotherSignIn());
        }
        answer.tryEmitValue(brought);
        return verdict.asMono();
    }
}
