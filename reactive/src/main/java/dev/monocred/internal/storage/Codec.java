package dev.monocred.internal.storage;

import dev.monocred.core.cache.TokenCacheJson;

/** How content lies in a file. */
interface Codec {

    /** As it is. */
    Codec PLAIN = new Codec() {
        @Override
        public byte[] seal(byte[] content) {
            return content;
        }

        @Override
        public byte[] open(byte[] stored) throws UnreadableFileException {
            if (TokenCacheJson.read(stored) == null) {
                throw new UnreadableFileException("it is not a JSON object");
            }
            return stored;
        }
    };

    /** Makes what is written. */
    byte[] seal(byte[] content);

    /** Reads what was written; fails if somebody else wrote it, or with another key, or anything was changed. */
    byte[] open(byte[] stored) throws UnreadableFileException;
}
