package dev.monocred.core.oauth;

import java.util.List;
import java.util.Locale;

/** The hosts of Microsoft's clouds. Several names can mean one cloud, and caches are full of all of them. */
public final class CloudHosts {

    /** One row for each cloud; first the name that caches are written with. */
    private static final List<List<String>> CLOUDS = List.of(
            List.of("login.windows.net", "login.microsoftonline.com", "login.microsoft.com", "sts.windows.net"),
            List.of("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
            List.of("login.microsoftonline.us", "login.usgovcloudapi.net"),
            List.of("login.microsoftonline.de"),
            List.of("login-us.microsoftonline.com"),
            List.of("login.sovcloud-identity.fr"),
            List.of("login.sovcloud-identity.de"),
            List.of("login.sovcloud-identity.sg"));

    private CloudHosts() {}

    /**
     * The one name that stands for a cloud in a cache.
     *
     * @param host a host, with its port if it has one
     * @return the cloud's name; for an unknown host its own, in lower case
     */
    public static String cacheName(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return CLOUDS.stream().filter(cloud -> cloud.contains(name)).map(cloud -> cloud.get(0)).findFirst().orElse(name);
    }

    /**
     * Whether two hosts are one cloud.
     *
     * @param host a host
     * @param other another
     * @return {@code true} for aliases, and for a host and itself
     */
    public static boolean isSameCloud(String host, String other) {
        return cacheName(host).equals(cacheName(other));
    }

    /**
     * Whether Microsoft runs the host.
     *
     * @param host a host without a port
     * @return {@code true} if it is one of a cloud's names
     */
    public static boolean isCloud(String host) {
        return CLOUDS.stream().anyMatch(cloud -> cloud.contains(host.toLowerCase(Locale.ROOT)));
    }
}
