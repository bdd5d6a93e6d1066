package dev.monocred.internal.refresh;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.source.TokenSource;

/** An entry that has a source of its own. A class of its own, so that all other entries stay as small as they are. */
final class OwnedEntry extends Entry {

    private final TokenSource source;

    OwnedEntry(TokenRefresher refresher, TokenRequestContext key, TokenSource source) {
        super(refresher, key);
        this.source = source;
    }

    @Override
    TokenSource source() {
        return source;
    }
}
