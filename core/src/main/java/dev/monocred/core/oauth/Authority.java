package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from: {@code https://host[:port][/path]}, without a tenant. Host and port are one identity, in URLs, in
 * discovery and in {@link #equals}. Immutable.
 */
public final class Authority {

    private static final String PUBLIC_HOST = "login.microsoftonline.com";
    /** External identities (CIAM) and B2C: tenants in the host name, and not known to instance discovery. */
    private static final Pattern CUSTOMER_HOST = Pattern.compile(".+\\.(ciamlogin\\.com|b2clogin\\.(com|cn|us|de))");
    private static final Pattern UNDISCOVERED_PATH = Pattern.compile("/(dstsv2(/.*)?|[^/]*/b2c_.*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");
    private static final Pattern REGION = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final int HTTPS_PORT = 443;

    private final String name;
    private final int port;
    private final String path;

    private Authority(String name, int port, String path) {
        this.name = name;
        this.port = port;
        this.path = path;
    }

    /**
     * Reads an authority as people write it.
     *
     * @param text a host, or an {@code https} URL of one; blanks around it and slashes at its end do not matter
     * @return the authority
     * @throws IllegalArgumentException if it is blank, not {@code https}, or has user information, a query or a fragment
     */
    public static Authority parse(String text) {
        String trimmed = text.strip().replaceAll("[/\\s]+$", "");
        URI uri = uri(trimmed.contains("://") ? trimmed : "https://" + trimmed);
        if (uri == null || uri.getHost() == null || uri.getRawAuthority().endsWith(":")) {
            throw refused(text, "is not a host or an https URL");
        }
        if (!"https".equalsIgnoreCase(uri.getScheme())) {
            throw refused(text, "must use https");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw refused(text, "must not have user information, a query or a fragment");
        }
        return new Authority(uri.getHost().toLowerCase(Locale.ROOT), uri.getPort(), uri.getRawPath());
    }

    private static @Nullable URI uri(String text) {
        try {
            return new URI(text).parseServerAuthority();
        } catch (URISyntaxException notAUrl) {
            return null;
        }
    }

    // The value helps to find the mistake, unless it may hold a password.
    private static IllegalArgumentException refused(String text, String why) {
        boolean mayHoldSecret = text.contains("@") || text.contains("?") || text.contains("#");
        return new IllegalArgumentException("authority host " + (mayHoldSecret ? "" : "'" + text + "' ") + why
                + "; an example is https://" + PUBLIC_HOST);
    }

    /**
     * Where tokens are asked for.
     *
     * @param tenant the tenant; {@code adfs} for an AD FS server
     * @return the URL
     * @throws IllegalArgumentException if the tenant is malformed
     */
    public URI tokenEndpoint(String tenant) {
        return endpoint(tenant, "token");
    }

    /**
     * Where the browser is sent.
     *
     * @param tenant the tenant; {@code adfs} for an AD FS server
     * @return the URL, without a query
     * @throws IllegalArgumentException if the tenant is malformed
     */
    public URI authorizeEndpoint(String tenant) {
        return endpoint(tenant, "authorize");
    }

    /**
     * Where device codes are asked for.
     *
     * @param tenant the tenant; {@code adfs} for an AD FS server
     * @return the URL
     * @throws IllegalArgumentException if the tenant is malformed
     */
    public URI deviceCodeEndpoint(String tenant) {
        return endpoint(tenant, "devicecode");
    }

    private URI endpoint(String tenant, String what) {
        String version = isAdfs(tenant) ? "" : "v2.0/";
        return URI.create(this + "/" + TenantResolver.checkTenantId(tenant) + "/oauth2/" + version + what);
    }

    static boolean isAdfs(@Nullable String tenant) {
        return "adfs".equalsIgnoreCase(tenant);
    }

    /**
     * Where one asks whether this authority belongs to a cloud of Microsoft. Only the public cloud knows; but a loopback
     * authority with a port is a test server and is asked itself, so that nothing leaves the machine.
     *
     * @param tenant the tenant
     * @return the URL, with its query
     * @throws IllegalArgumentException if the tenant is malformed
     */
    public URI instanceDiscoveryEndpoint(String tenant) {
        String asked = isLoopback() && port != -1 ? toString() : "https://" + PUBLIC_HOST;
        return URI.create(asked + "/common/discovery/instance?api-version=1.1&authorization_endpoint="
                + URLEncoder.encode(authorizeEndpoint(tenant).toString(), UTF_8));
    }

    /**
     * Whether instance discovery has nothing to say about this host: a cloud of Microsoft, a region of one, CIAM, B2C,
     * dSTS. The tenant {@code adfs} needs none either; that is for the caller to see.
     *
     * @return {@code false} if discovery should be asked
     */
    public boolean isKnown() {
        return UNDISCOVERED_PATH.matcher(path).matches() || (hasHttpsPort() && isMicrosoft());
    }

    private boolean hasHttpsPort() {
        return port == -1 || port == HTTPS_PORT;
    }

    // The parent of a regional host is the host of a cloud.
    private boolean isMicrosoft() {
        String parent = name.substring(name.indexOf('.') + 1);
        return CloudHosts.isCloud(name) || CloudHosts.isCloud(parent) || CUSTOMER_HOST.matcher(name).matches();
    }

    /**
     * Whether this authority is on this machine, by its name or address.
     *
     * @return {@code true} for {@code localhost}, {@code 127.0.0.0/8} and {@code ::1}
     */
    public boolean isLoopback() {
        return LOOPBACK.matcher(name).matches();
    }

    /**
     * The same authority in one region, for client credentials.
     *
     * @param region the region's short name, for example {@code westeurope}; blanks and capitals do not matter
     * @return the regional authority
     * @throws IllegalArgumentException if the name cannot be part of a host name
     */
    public Authority inRegion(String region) {
        String label = region.replace(" ", "").toLowerCase(Locale.ROOT);
        if (!REGION.matcher(label).matches()) {
            throw new IllegalArgumentException("region '" + region + "' is not the short name of a region, such as westeurope");
        }
        return new Authority(label + "." + (CloudHosts.isSameCloud(name, PUBLIC_HOST) ? "login.microsoft.com" : name), port, path);
    }

    /**
     * The host, with the port if one was given.
     *
     * @return for example {@code login.microsoftonline.com}
     */
    public String host() {
        return port == -1 ? name : name + ":" + port;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Authority that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** {@code https://host[:port][/path]}, without a slash at its end. */
    @Override
    public String toString() {
        return "https://" + host() + path;
    }
}
