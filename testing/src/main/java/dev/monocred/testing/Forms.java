package dev.monocred.testing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queries and forms, read strictly. */
final class Forms {

    private Forms() {}

    /** The pairs in their order, or {@code null} if a name comes twice or an escape is none. */
    static @Nullable Map<String, String> decode(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            try {
                String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8);
                String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                if (pairs.putIfAbsent(name, value) != null) {
                    return null;
                }
            } catch (IllegalArgumentException notAnEscape) {
                return null;
            }
        }
        return pairs;
    }
}
