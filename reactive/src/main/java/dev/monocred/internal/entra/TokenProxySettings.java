package dev.monocred.internal.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster of AKS says where its token requests go (identity bindings, platform.md 14).
 *
 * @param proxy an https address, without a slash at its end
 * @param serverName which name the server is asked for and must have, or {@code null} for the address's own
 * @param authorities whom to trust, or {@code null} if a file or the system says so
 * @param caFile the file that says whom to trust, or {@code null}
 */
public record TokenProxySettings(String proxy, @Nullable String serverName, @Nullable List<X509Certificate> authorities,
        @Nullable Path caFile) {

    static final String PROXY = "AZURE_KUBERNETES_TOKEN_PROXY";
    static final String SNI_NAME = "AZURE_KUBERNETES_SNI_NAME";
    static final String CA_FILE = "AZURE_KUBERNETES_CA_FILE";
    static final String CA_DATA = "AZURE_KUBERNETES_CA_DATA";

    private static final int LAST_PORT = 65535;
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

    /**
     * Reads the variables; opens nothing.
     *
     * @param environment looks up a variable; blank counts as unset
     * @return the settings, or {@code null} if there is no proxy
     * @throws IllegalArgumentException naming the variable that cannot be
     */
    public static @Nullable TokenProxySettings of(Function<String, @Nullable String> environment) {
        String proxy = variable(environment, PROXY);
        String name = variable(environment, SNI_NAME);
        String file = variable(environment, CA_FILE);
        String data = variable(environment, CA_DATA);
        if (proxy == null) {
            return alone(environment);
        }
        if (file != null && data != null) {
            throw new IllegalArgumentException("only one of " + CA_FILE + " and " + CA_DATA + " may be set, but both are");
        }
        if (name != null && !VISIBLE_ASCII.matcher(name).matches()) {
            throw new IllegalArgumentException(SNI_NAME + " holds no name of a server");
        }
        return new TokenProxySettings(address(proxy), name, data == null ? null : authorities(data),
                file == null ? null : Path.of(file));
    }

    private static @Nullable TokenProxySettings alone(Function<String, @Nullable String> environment) {
        List<String> others = Stream.of(SNI_NAME, CA_FILE, CA_DATA).filter(each -> variable(environment, each) != null).toList();
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", others) + (others.size() == 1 ? " is" : " are")
                    + " set, but " + PROXY + " is not");
        }
        return null;
    }

    private static @Nullable String variable(Function<String, @Nullable String> environment, String name) {
        String value = environment.apply(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Never quotes the value: it may hold a password. */
    private static String address(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException notAnAddress) {
            throw new IllegalArgumentException(PROXY + " holds no address");
        }
        String fault = !"https".equalsIgnoreCase(uri.getScheme()) ? "must begin with https://"
                : uri.getRawUserInfo() != null ? "must not have user information"
                : uri.getHost() == null || uri.getPort() > LAST_PORT ? "holds no address"
                : uri.getRawQuery() != null || uri.getRawFragment() != null ? "must have neither a query nor a fragment" : null;
        if (fault != null) {
            throw new IllegalArgumentException(PROXY + " " + fault);
        }
        return "https://" + uri.getRawAuthority() + uri.getRawPath().replaceFirst("/+$", "");
    }

    private static List<X509Certificate> authorities(String pem) {
        List<X509Certificate> certificates = TokenProxyTls.certificates(pem.getBytes(UTF_8));
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(CA_DATA + " holds no certificate in PEM form");
        }
        return certificates;
    }

    /** The address of a request at the proxy: its path goes behind the proxy's own, its query stays (platform.md 14). */
    URI through(URI original) {
        String query = original.getRawQuery();
        return URI.create(proxy + "/" + original.getRawPath().replaceFirst("^/", "") + (query == null ? "" : "?" + query));
    }
}
