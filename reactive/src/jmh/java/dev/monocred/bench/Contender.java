package dev.monocred.bench;

import org.jspecify.annotations.Nullable;

/** A library under test, with its defaults; it trusts the token service through the JVM's trust store. */
interface Contender extends AutoCloseable {

    String TENANT = "contoso.example";
    String CLIENT_ID = "11111111-2222-3333-4444-555555555555";
    String CLIENT_SECRET = "not-a-secret-of-anybody";

    /** Seconds: a token that is due for refresh soon, or at once. */
    int SHORT_LIFE = 290;

    static Contender open(String name) {
        return open(name, false);
    }

    /** For the rows that call {@link #makeRefreshDue()}, if {@code refreshing}. */
    static Contender open(String name, boolean refreshing) {
        return switch (name) {
            case "monocred" -> new MonocredContender(refreshing);
            case "floor" -> new FloorContender();
            case "azure-identity", "azure-identity-sync" -> new AzureIdentityContender(name.endsWith("-sync"));
            default -> throw new IllegalArgumentException("no contender " + name);
        };
    }

    /** Makes a request ready. */
    Call call(Ask ask);

    /** Makes a provider of the bare token text ready; {@code null} if there is none. */
    default @Nullable Call bearer(Ask ask) {
        return null;
    }

    /**
     * Makes a token that was issued for {@link #SHORT_LIFE} seconds due for refresh by the library's own rule, and still
     * valid. azure-identity refreshes in the last five minutes, so there is nothing to do.
     */
    default void makeRefreshDue() {}

    @Override
    default void close() {}
}
