package dev.monocred.internal.http;

import dev.monocred.internal.http.HttpFailure.Kind;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.AbortedException;

/** What the network library throws → what happened. The order of the questions matters: many of its types are related. */
final class NetworkFailures {

    private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\d{3})");

    private NetworkFailures() {}

    /**
     * Translates.
     *
     * @param error what was thrown
     * @param call what was asked
     * @param sent whether the request had gone out
     * @param reused whether on a connection that had served another one
     */
    static HttpFailure of(Throwable error, HttpCall call, boolean sent, boolean reused) {
        if (error instanceof HttpFailure known) {
            return known;
        }
        Throwable told = told(error);
        Kind kind = kind(told, call, sent);
        boolean stale = reused && kind == Kind.DISCONNECTED && !isDuringAnswer(told);
        return new HttpFailure(kind, clause(kind, told, call), sent, stale, error);
    }

    /** Netty's TLS handler wraps what the proxy said, and its decoder what the TLS engine says. */
    private static Throwable told(Throwable error) {
        ProxyConnectException proxy = find(error, ProxyConnectException.class);
        if (proxy != null) {
            return proxy;
        }
        return error instanceof DecoderException && error.getCause() instanceof SSLException tls ? tls : error;
    }

    private static Kind kind(Throwable told, HttpCall call, boolean sent) {
        if (told instanceof ReadTimeoutException) {
            return Kind.RESPONSE_TIMEOUT;
        }
        // The pool's; our own deadline never gets here.
        if (told instanceof TimeoutException || told instanceof RejectedExecutionException || isPoolLimit(told)) {
            return Kind.BUSY;
        }
        if (told instanceof ProxyConnectException proxy) {
            return ofProxy(proxy);
        }
        if (told instanceof ConnectTimeoutException) {
            return Kind.CONNECT_TIMEOUT;
        }
        if (told instanceof UnknownHostException) {
            return Kind.UNKNOWN_HOST;
        }
        if (told instanceof ConnectException) {
            return says(told, "refused") ? Kind.REFUSED : says(told, "reset") ? Kind.DISCONNECTED : Kind.UNREACHABLE;
        }
        if (told instanceof NoRouteToHostException) {
            return Kind.UNREACHABLE;
        }
        if (told instanceof SSLException tls) {
            return sent ? Kind.DISCONNECTED : ofTls(tls);
        }
        if (told instanceof IOException || told instanceof AbortedException) {
            return !sent && call.isSecure() ? Kind.TLS_BROKEN : Kind.DISCONNECTED;
        }
        return sent && (told instanceof DecoderException || told instanceof IllegalArgumentException)
                ? Kind.MALFORMED : Kind.OTHER;
    }

    /** The shaded pool's exceptions have no name that a program may use. */
    private static boolean isPoolLimit(Throwable told) {
        return told.getClass().getSimpleName().startsWith("PoolAcquire");
    }

    private static Kind ofProxy(ProxyConnectException proxy) {
        if ("407".equals(proxyStatus(proxy))) {
            return Kind.PROXY_AUTHENTICATION;
        }
        return says(proxy, "timeout") ? Kind.CONNECT_TIMEOUT : Kind.PROXY_REFUSED;
    }

    private static @Nullable String proxyStatus(Throwable proxy) {
        Matcher status = PROXY_STATUS.matcher(String.valueOf(proxy.getMessage()));
        return status.find() ? status.group(1) : null;
    }

    private static Kind ofTls(SSLException tls) {
        if (tls instanceof SslHandshakeTimeoutException) {
            return Kind.TLS_TIMEOUT;
        }
        if (tls instanceof NotSslRecordException) {
            return Kind.MALFORMED;
        }
        if (tls instanceof SSLPeerUnverifiedException || find(tls, GeneralSecurityException.class) != null) {
            return Kind.TLS_UNTRUSTED;
        }
        boolean gone = find(tls, ClosedChannelException.class) != null || says(tls, "clos") || says(tls, "reset")
                || says(tls, "terminated");
        return gone ? Kind.TLS_BROKEN : Kind.TLS_REFUSED;
    }

    private static String clause(Kind kind, Throwable told, HttpCall call) {
        String peer = call.peer();
        return switch (kind) {
            case REFUSED -> "connection refused by " + peer;
            case UNREACHABLE -> peer + " cannot be reached";
            case UNKNOWN_HOST -> "the name " + call.uri().getHost() + " has no address";
            case CONNECT_TIMEOUT -> "no connection to " + peer + " in time";
            case TLS_TIMEOUT -> "no TLS handshake with " + peer + " in time";
            case TLS_BROKEN -> peer + " closed the connection during the TLS handshake";
            case TLS_UNTRUSTED -> "the certificate of " + peer + " is not trusted";
            case TLS_REFUSED -> "no TLS connection with " + peer + " (" + told.getMessage() + ")";
            case PROXY_AUTHENTICATION -> "the proxy wants a password (status 407)";
            case PROXY_REFUSED -> "the proxy did not connect to " + peer
                    + (proxyStatus(told) == null ? "" : " (status " + proxyStatus(told) + ")");
            case DISCONNECTED -> peer + " closed the connection " + (isDuringAnswer(told) ? "during its answer" : "without an answer");
            case RESPONSE_TIMEOUT -> peer + " did not answer in time";
            case BUSY -> "no connection to " + peer + " became free in time";
            case MALFORMED -> peer + (told instanceof NotSslRecordException ? " does not speak TLS" : " answered with something that is not HTTP");
            default -> "the exchange with " + peer + " failed (" + told.getClass().getSimpleName() + ")";
        };
    }

    private static boolean isDuringAnswer(Throwable told) {
        return says(told, "DURING response");
    }

    private static boolean says(Throwable told, String what) {
        String message = String.valueOf(told.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains(what.toLowerCase(Locale.ROOT));
    }

    private static <T extends Throwable> @Nullable T find(Throwable told, Class<T> type) {
        for (Throwable cause = told; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
