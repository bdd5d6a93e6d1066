package dev.monocred.internal.entra;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The headers of each request to Entra: who asks, and an id to find the request by. No telemetry.
 *
 * <p>The id is no secret, so it does not come from the system's randomness: reading that may block.
 */
public final class ClientHeaders {

    static final String VERSION = "0.1.0";

    private final Map<String, String> constant;
    private final RandomGenerator random;

    /**
     * Makes the headers of a credential.
     *
     * @param applicationId what the application calls itself, or {@code null}; stands first in {@code User-Agent}
     * @param random draws the ids; used by several threads
     */
    public ClientHeaders(@Nullable String applicationId, RandomGenerator random) {
        String os = System.getProperty("os.name", "unknown");
        String self = "monocred/" + VERSION + " (Java " + Runtime.version().feature() + "; " + os + ")";
        this.constant = Map.of(
                "Accept", "application/json",
                "User-Agent", applicationId == null ? self : applicationId + " " + self,
                "return-client-request-id", "true",
                "x-client-SKU", "Monocred",
                "x-client-Ver", VERSION,
                "x-client-OS", os,
                // Tells Entra that Retry-After and 429 are understood here.
                "x-ms-lib-capability", "retry-after, h429");
        this.random = random;
    }

    /** For a form. */
    Map<String, String> post() {
        Map<String, String> headers = get();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        return headers;
    }

    /** For a question without a body. */
    Map<String, String> get() {
        Map<String, String> headers = new HashMap<>(constant);
        headers.put("client-request-id", id().toString());
        return headers;
    }

    /** Version 4, variant 1: RFC 9562, section 5.4. */
    private UUID id() {
        return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63));
    }
}
