package dev.monocred.internal.http;

import dev.monocred.internal.http.HttpFailure.Kind;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy leads to a host (N-6): {@code HTTPS_PROXY} and {@code NO_PROXY}, then the JVM's {@code https.proxyHost} and
 * {@code http.nonProxyHosts}. The settings are read for each request, as cheap as that is, so that nothing is read before
 * the first one.
 */
public final class ProxyRules {

    private static final int DEFAULT_PORT = 8080;

    private final Function<String, @Nullable String> environment;
    private final Function<String, @Nullable String> properties;

    /**
     * Takes the places to look at.
     *
     * @param environment looks up an environment variable
     * @param properties looks up a system property
     */
    public ProxyRules(Function<String, @Nullable String> environment, Function<String, @Nullable String> properties) {
        this.environment = environment;
        this.properties = properties;
    }

    /**
     * A proxy.
     *
     * @param host its name or address
     * @param port its port
     * @param isSocks whether it speaks SOCKS 5 instead of HTTP
     * @param user who we are there, or {@code null}
     * @param password the secret that goes with it, or {@code null}
     */
    record Proxy(String host, int port, boolean isSocks, @Nullable String user, @Nullable String password) {

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * Whether an address is never reached through a proxy: what speaks plain HTTP is a metadata service of this machine,
     * and loopback and link-local addresses mean another machine when the proxy asks for them.
     */
    static boolean isDirect(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) || isLocal(uri.getHost().toLowerCase(Locale.ROOT));
    }

    private static boolean isLocal(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host.replaceAll("^\\[|]$", ""));
        return address == null ? host.equals("localhost") || host.endsWith(".localhost") : isLocal(address);
    }

    private static boolean isLocal(byte[] bytes) {
        try {
            InetAddress address = InetAddress.getByAddress(bytes);
            return address.isLoopbackAddress() || address.isLinkLocalAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether any proxy is set. */
    boolean exist() {
        return variable("HTTPS_PROXY") != null || property("https.proxyHost") != null;
    }

    /**
     * The proxy on the way to a host.
     *
     * @return {@code null} if there is none
     * @throws HttpFailure if the setting cannot be read
     */
    @Nullable Proxy find(URI uri) {
        String set = variable("HTTPS_PROXY");
        if (set != null) {
            return isExcepted(uri, variable("NO_PROXY")) ? null : parse(set);
        }
        String host = property("https.proxyHost");
        return host == null || matches(uri.getHost(), property("http.nonProxyHosts")) ? null
                : new Proxy(host, port(property("https.proxyPort")), false, null, null);
    }

    private @Nullable String variable(String name) {
        String upper = present(environment.apply(name));
        return upper != null ? upper : present(environment.apply(name.toLowerCase(Locale.ROOT)));
    }

    private @Nullable String property(String name) {
        return present(properties.apply(name));
    }

    private static @Nullable String present(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** {@code NO_PROXY}: names or domains, with or without a dot or a port, separated by commas; {@code *} for all. */
    private static boolean isExcepted(URI uri, @Nullable String exceptions) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String withPort = host + ":" + (uri.getPort() < 0 ? 443 : uri.getPort());
        return exceptions != null && Arrays.stream(exceptions.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .map(entry -> entry.startsWith("*.") ? entry.substring(1) : entry)
                .anyMatch(entry -> entry.equals("*") || isWithin(host, entry) || isWithin(withPort, entry));
    }

    private static boolean isWithin(String host, String entry) {
        String domain = entry.startsWith(".") ? entry.substring(1) : entry;
        return !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain));
    }

    /** {@code http.nonProxyHosts}: patterns with {@code *}, separated by bars. */
    private static boolean matches(String host, @Nullable String patterns) {
        return patterns != null && Arrays.stream(patterns.split("\\|", -1))
                .map(pattern -> Arrays.stream(pattern.strip().split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")))
                .anyMatch(pattern -> Pattern.compile(pattern, Pattern.CASE_INSENSITIVE).matcher(host).matches());
    }

    private static Proxy parse(String set) {
        URI uri;
        try {
            uri = URI.create(set.contains("://") ? set : "http://" + set);
        } catch (IllegalArgumentException notAnAddress) {
            throw unreadable();
        }
        if (uri.getHost() == null) {
            throw unreadable();
        }
        String[] user = uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
        return new Proxy(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), uri.getScheme().startsWith("socks"),
                user.length == 0 ? null : decoded(user[0]), user.length < 2 ? null : decoded(user[1]));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static int port(@Nullable String text) {
        try {
            return text == null ? 443 : Integer.parseInt(text);
        } catch (NumberFormatException notANumber) {
            throw unreadable();
        }
    }

    /** Without the value: it may hold a password. */
    private static HttpFailure unreadable() {
        return new HttpFailure(Kind.PROXY_SETTING, "the address of the proxy cannot be read", false, false, null);
    }
}
