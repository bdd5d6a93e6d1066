package dev.monocred.bench;

import org.jspecify.annotations.Nullable;

/** A library under test, with its defaults; it trusts the token service through the JVM's trust store. */
interface Contender extends AutoCloseable {

    String TENANT = "contoso.example";
    String CLIENT_ID = "11111111-2222-3333-4444-555555555555";
    String CLIENT_SECRET = "not-a-secret-of-anybody";

    static Contender open(String name) {
        return switch (name) {
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

    /** Makes the tokens got so far due for refresh ({@code refresh_in} 1 s is over) and still valid. */
    default void makeRefreshDue() throws InterruptedException {
        Thread.sleep(1_100);
    }

    @Override
    default void close() {}
}
