package dev.monocred.internal.storage;

/** How content lies in a file. */
interface Codec {

    /** As it is. */
    Codec PLAIN = new Codec() {
        @Override
        public byte[] seal(byte[] content) {
            return content;
        }

        @Override
        public byte[] open(byte[] stored) {
            return stored;
        }
    };

    /** Makes what is written. */
    byte[] seal(byte[] content);

    /** Reads what was written; fails if somebody else wrote it, or with another key, or anything was changed. */
    byte[] open(byte[] stored) throws UnreadableFileException;
}
