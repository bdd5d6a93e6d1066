package dev.monocred.internal.http;

import java.net.URI;
import java.util.Map;

/**
 * One request. Absolute address, so that no default port of the HTTP library's is ever used (N-2).
 *
 * @param method {@code GET} or {@code POST}
 * @param uri absolute
 * @param headers sent as they are, instead of a client's own of the same name
 * @param body what a {@code POST} sends, with its length in front, never in chunks
 */
// A record with an array has no value equality; nobody compares calls.
@SuppressWarnings("ArrayRecordComponent")
public record HttpCall(String method, URI uri, Map<String, String> headers, byte[] body) {

    /** A request without a body. */
    public static HttpCall get(URI uri, Map<String, String> headers) {
        return new HttpCall("GET", uri, Map.copyOf(headers), new byte[0]);
    }

    /** A request with a body. */
    public static HttpCall post(URI uri, Map<String, String> headers, byte[] body) {
        return new HttpCall("POST", uri, Map.copyOf(headers), body);
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** Who is asked, as people write it: the host, with the port where it is not the scheme's own. */
    String peer() {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    /** Without headers and body: both may hold secrets. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
