package dev.monocred.internal.cache;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens, and from where.
 *
 * @param owner names the account, at each acquisition; {@code null} while nobody has signed in
 * @param tenant the tenant where a request names none
 */
public record TokenPlace(Supplier<@Nullable Owner> owner, String tenant) {

    String tenant(TokenRequestContext request) {
        return Objects.requireNonNullElse(request.tenantId(), tenant);
    }
}
