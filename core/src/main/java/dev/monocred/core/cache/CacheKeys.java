package dev.monocred.core.cache;

import dev.monocred.core.oauth.CloudHosts;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The names that entries are written under. They are for writing only: each library makes them a little differently, so an
 * entry is found by what it says, never by its name.
 */
public final class CacheKeys {

    private CacheKeys() {}

    /**
     * The name of an entry that is new.
     *
     * @param entry the entry
     * @return the name, in lower case whatever the machine's language
     */
    public static String of(CacheEntry entry) {
        String home = entry.homeAccountId();
        String host = entry.environment();
        String key = switch (entry.section()) {
            case ACCESS_TOKEN -> String.join("-", home, host, type(entry), entry.clientId(), entry.realm(),
                    entry.fields().text("target")) + extension(entry);
            case REFRESH_TOKEN -> String.join("-", home, host, type(entry), holder(entry), "", "");
            case ID_TOKEN -> String.join("-", home, host, type(entry), entry.clientId(), entry.realm(), "");
            case ACCOUNT -> String.join("-", home, host, entry.realm());
            case APP_METADATA -> String.join("-", "appmetadata", host, entry.clientId());
        };
        return key.toLowerCase(Locale.ROOT);
    }

    /** What two entries have in common that mean the same, whoever wrote them under whatever name. */
    static String identity(CacheEntry entry) {
        String identity = String.join("\n", entry.section().name(), entry.homeAccountId(),
                CloudHosts.cacheName(entry.environment()), holder(entry),
                entry.section() == CacheEntry.Section.REFRESH_TOKEN ? "" : entry.realm(),
                entry.section() == CacheEntry.Section.ACCESS_TOKEN ? type(entry) + new TreeSet<>(entry.scopes()) : "",
                extension(entry)).toLowerCase(Locale.ROOT);
        // A hash has small and capital letters that differ.
        return identity + "\n" + entry.userAssertionHash();
    }

    /** A family's refresh token belongs to no application in particular. */
    private static String holder(CacheEntry entry) {
        boolean isFamilys = entry.section() == CacheEntry.Section.REFRESH_TOKEN && !entry.familyId().isEmpty();
        return isFamilys ? entry.familyId() : entry.clientId();
    }

    private static String type(CacheEntry entry) {
        String type = entry.fields().text("credential_type");
        return type.isEmpty() ? entry.section().member() : type;
    }

    private static String extension(CacheEntry entry) {
        String hash = entry.fields().text("ext_cache_key_hash");
        return hash.isEmpty() ? "" : "-" + hash;
    }
}
