package dev.monocred.internal.vscode;

import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.CloudHosts;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cloud as Visual Studio Code's extensions name it. */
enum AzureCloud {
    PUBLIC("login.microsoftonline.com", "AzureCloud"),
    US_GOVERNMENT("login.microsoftonline.us", "AzureUSGovernment"),
    /** The second name is that of older versions. */
    CHINA("login.chinacloudapi.cn", "AzureChinaCloud", "AzureChina"),
    GERMANY("login.microsoftonline.de", "AzureGermanCloud");

    private final String host;
    private final String name;
    private final String olderName;

    AzureCloud(String host, String name) {
        this(host, name, name);
    }

    AzureCloud(String host, String name, String olderName) {
        this.host = host;
        this.name = name;
        this.olderName = olderName;
    }

    /** The accounts under which its refresh token may be kept. */
    List<String> names() {
        return Stream.of(name, olderName).distinct().toList();
    }

    Authority authority() {
        return Authority.parse(host);
    }

    /** Which cloud somebody set by its name, or {@code null}. */
    static @Nullable AzureCloud named(@Nullable String name) {
        return Stream.of(values()).filter(cloud -> cloud.names().stream().anyMatch(each -> each.equalsIgnoreCase(name)))
                .findFirst().orElse(null);
    }

    /** Which cloud an authority belongs to, or {@code null} if to none of these. */
    static @Nullable AzureCloud of(Authority authority) {
        return Stream.of(values()).filter(cloud -> CloudHosts.isSameCloud(cloud.host, authority.host())).findFirst().orElse(null);
    }
}
