package dev.monocred.internal.refresh;

import dev.monocred.internal.source.TokenSource;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens a request is for, where one credential serves many: requests of different owners never share one, requests of
 * equal owners do. Equal by the id alone.
 *
 * @param id tells owners apart; no secret, because it is kept
 * @param source where this owner's tokens come from
 */
public record TokenOwner(String id, TokenSource source) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenOwner that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return "TokenOwner[" + id + "]";
    }
}
