package dev.monocred.internal.http;

/**
 * An exchange without a usable answer: what happened, in our own terms. It stands in front of whatever the network library
 * threw, which stays as its cause, and has no stack trace of its own.
 */
public final class HttpFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What happened, what it means for another attempt (N-8, N-9), and what a person can do about it. */
    public enum Kind {
        /** Nobody listens there. */
        REFUSED(true, true, "Check the host, the port and the firewall"),
        /** No way leads there. */
        UNREACHABLE(true, true, "Check the network of this machine"),
        /** The name has no address. */
        UNKNOWN_HOST(true, true, "Check the name and the DNS of this machine"),
        /** The connection did not come about in time. */
        CONNECT_TIMEOUT(true, true, "Check the firewall; behind a proxy, set HTTPS_PROXY or give an httpClient"),
        /** The TLS handshake did not end in time. */
        TLS_TIMEOUT(true, true, "Check the network and the proxy"),
        /** The peer went away during the TLS handshake. */
        TLS_BROKEN(true, true, "Check the network and the proxy"),
        /** The peer's certificate is not trusted, not valid or of another host. */
        TLS_UNTRUSTED(false, false, "Check the host and the clock; if a proxy inspects TLS, add its certificate to Java's"
                + " trust store or give an httpClient that trusts it"),
        /** The peer refused to speak TLS with us. */
        TLS_REFUSED(false, false, "Check the TLS settings of the host, the proxy and the httpClient"),
        /** The proxy wants a password. */
        PROXY_AUTHENTICATION(false, false, "Put user and password into HTTPS_PROXY or give an httpClient with its proxy"),
        /** The proxy does not connect us. */
        PROXY_REFUSED(false, true, "Check that the proxy allows this host"),
        /** The address of the proxy cannot be read. */
        PROXY_SETTING(false, false, "Set HTTPS_PROXY to http://host:port"),
        /** The connection ended before the answer did. */
        DISCONNECTED(true, true, "Check the network and the proxy if this goes on"),
        /** No bytes came for too long. */
        RESPONSE_TIMEOUT(true, true, "Check the network and the proxy if this goes on"),
        /** The exchange as a whole took too long. */
        DEADLINE(true, true, "Check the network and the proxy if this goes on"),
        /** No connection or no thread of our own became free in time. */
        BUSY(false, true, "Fewer requests at a time would help"),
        /** The answer is not HTTP as we asked for it. */
        MALFORMED(false, true, "Check that nothing between this machine and the host answers in its place"),
        /** The answer is larger than any token. */
        TOO_LARGE(false, true, "Check that nothing between this machine and the host answers in its place"),
        /** Something else. */
        OTHER(false, true, "The cause tells more");

        private final boolean retryable;
        private final boolean isTransient;
        private final String remedy;

        Kind(boolean retryable, boolean isTransient, String remedy) {
            this.retryable = retryable;
            this.isTransient = isTransient;
            this.remedy = remedy;
        }

        boolean isTimeout() {
            return switch (this) {
                case CONNECT_TIMEOUT, TLS_TIMEOUT, RESPONSE_TIMEOUT, DEADLINE -> true;
                default -> false;
            };
        }
    }

    private final Kind kind;
    private final boolean requestSent;
    private final boolean staleConnection;

    HttpFailure(Kind kind, String clause, boolean requestSent, boolean staleConnection,
            @org.jspecify.annotations.Nullable Throwable cause) {
        super(clause, cause, false, false);
        this.kind = kind;
        this.requestSent = requestSent;
        this.staleConnection = staleConnection;
    }

    /**
     * An answer came that cannot be used: the peer has done what it was asked for, and we do not know what came of it.
     *
     * @param clause what is wrong with the answer, without any text of it
     */
    public static HttpFailure malformed(String clause) {
        return new HttpFailure(Kind.MALFORMED, clause, true, false, null);
    }

    /** What happened. */
    public Kind kind() {
        return kind;
    }

    /** What happened, as a clause that goes on a sentence: {@code connection refused by host:443}. */
    public String clause() {
        return String.valueOf(getMessage());
    }

    /** What to do, as a sentence without its full stop. */
    public String remedy() {
        return kind.remedy;
    }

    /** Whether another attempt may succeed at once. */
    public boolean isRetryable() {
        return kind.retryable;
    }

    /** Whether it may pass without anybody changing anything. */
    public boolean isTransient() {
        return kind.isTransient;
    }

    /** Whether time ran out: a retry then costs more, because the peer is probably overloaded (N-7). */
    public boolean isTimeout() {
        return kind.isTimeout();
    }

    /** Whether the peer may have seen the request: what is good for one use only must then not be sent again (N-9). */
    public boolean isRequestSent() {
        return requestSent;
    }

    /** Whether a connection from the pool turned out to be dead: the peer closed it while it was idle. */
    public boolean isStaleConnection() {
        return staleConnection;
    }
}
