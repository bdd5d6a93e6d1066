package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a host answers. A query of its own is kept, and ours comes after it.
 *
 * @param uri absolute, http or https
 */
record Endpoint(URI uri) {

    private static final int LARGEST_PORT = 65_535;

    /**
     * Reads an address that a host put into a variable.
     *
     * @throws ClientAuthenticationException naming the variable and not its value
     */
    static Endpoint parse(String variable, @Nullable String value) {
        try {
            URI uri = new URI(String.valueOf(value));
            if (isHttp(uri) && uri.getHost() != null && uri.getPort() <= LARGEST_PORT && uri.getRawUserInfo() == null) {
                return new Endpoint(uri);
            }
        } catch (URISyntaxException notAnAddress) {
            // Its message quotes the value, which may hold a secret.
        }
        throw new ClientAuthenticationException("ManagedIdentityCredential: the variable " + variable
                + " holds no http or https address. The host sets it; do not change it.", null, Details.NONE);
    }

    private static boolean isHttp(URI uri) {
        return "http".equalsIgnoreCase(uri.getScheme()) || isSecure(uri);
    }

    private static boolean isSecure(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    boolean isSecure() {
        return isSecure(uri);
    }

    /** What is below this address, with one slash between. */
    Endpoint below(String path) {
        return new Endpoint(URI.create(beforeQuery().replaceFirst("/+$", "") + path + ownQuery("?", "")));
    }

    /** The address with parameters, each encoded once. */
    URI with(Map<String, String> parameters) {
        return URI.create(beforeQuery() + "?" + ownQuery("", "&") + form(parameters));
    }

    private String beforeQuery() {
        return uri.toString().replaceFirst("[?#].*$", "");
    }

    private String ownQuery(String before, String after) {
        String query = uri.getRawQuery();
        return query == null || query.isEmpty() ? "" : before + query + after;
    }

    static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream().map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
