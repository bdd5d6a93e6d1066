package dev.monocred.internal.browser;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the browser brings its answer: a port of this machine that nobody else can reach. Pure; no name is looked up.
 *
 * @param host {@code localhost}, an address in {@code 127.0.0.0/8}, or {@code [::1]}
 * @param port 0 for any that is free
 * @param path as it was registered, {@code /} if it has none
 * @param text what the authority is told, or {@code null} to make it from the others
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8252#section-7.3">RFC 8252, section 7.3</a>
 */
public record RedirectUri(String host, int port, String path, @Nullable String text) {

    /** Any free port: what an application registers as {@code http://localhost}. */
    public static final RedirectUri ANY_PORT = new RedirectUri("localhost", 0, "/", null);

    private static final Pattern LOOPBACK_ADDRESS = Pattern.compile("127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
    private static final int HIGHEST_PORT = 65535;

    /**
     * Reads what the application registered.
     *
     * @param text for example {@code http://localhost:8400}
     * @throws IllegalArgumentException if it is not http on this machine, or names no port
     */
    public static RedirectUri parse(String text) {
        URI uri = uri(text);
        String host = uri.getHost();
        boolean isOurs = "http".equalsIgnoreCase(uri.getScheme()) && host != null && isLoopback(host)
                && uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!isOurs) {
            throw refused(text);
        }
        if (uri.getPort() < 0 || uri.getPort() > HIGHEST_PORT) {
            throw new IllegalArgumentException("redirectUri needs a port, as in http://localhost:8400, but is '" + text + "'");
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new RedirectUri(host.toLowerCase(Locale.ROOT), uri.getPort(), path, uri.getPort() == 0 ? null : text);
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException malformed) {
            throw refused(text);
        }
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException("redirectUri must be http:// on localhost, 127.0.0.1 or [::1], without user"
                + " information, query and fragment, but is '" + text + "'");
    }

    /** Whether the name means this machine and nothing else. */
    static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || LOOPBACK_ADDRESS.matcher(host).matches();
    }

    /** What to listen on. Browsers try both addresses of {@code localhost}; we take the one that Java prefers. */
    InetAddress address() {
        try {
            return host.equals("localhost") ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
        } catch (UnknownHostException neverForAnAddress) {
            throw new IllegalStateException(neverForAnAddress);
        }
    }

    /** What the authority is told once the port is known: as it was given, or without a path as Entra registers it. */
    String at(int boundPort) {
        return text != null ? text : "http://" + host + ":" + boundPort + (path.equals("/") ? "" : path);
    }
}
