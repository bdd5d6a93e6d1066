package dev.monocred;

import dev.monocred.core.AuthenticationRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a credential may be told that asks a person, frozen by {@code build()}.
 *
 * @param entra what every credential of the Entra token endpoint may be told
 * @param record who signed in earlier, or {@code null}
 * @param isAutomatic whether the person is asked when a token is wanted, and not only by {@code authenticate}
 */
record UserOptions(EntraOptions entra, @Nullable AuthenticationRecord record, boolean isAutomatic) {}
