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
    private final List<String> names;

    AzureCloud(String host, String... names) {
        this.host = host;
        this.names = List.of(names);
    }

    /** The accounts under which its refresh token may be kept. */
    List<String> names() {
        return names;
    }

    Authority authority() {
        return Authority.parse(host);
    }

    /** Which cloud somebody set by its name, or {@code null}. */
    static @Nullable AzureCloud named(@Nullable String name) {
        return Stream.of(values()).filter(cloud -> cloud.names.stream().anyMatch(each -> each.equalsIgnoreCase(name)))
                .findFirst().orElse(null);
    }

    /** Which cloud an authority belongs to, or {@code null} if to none of these. */
    static @Nullable AzureCloud of(Authority authority) {
        return Stream.of(values()).filter(cloud -> CloudHosts.isSameCloud(cloud.host, authority.host())).findFirst().orElse(null);
    }
}
