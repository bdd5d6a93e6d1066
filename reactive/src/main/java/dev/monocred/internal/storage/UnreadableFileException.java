package dev.monocred.internal.storage;

/** A file is there but is not one of ours, or no longer. The message is a clause for somebody's sentence. */
final class UnreadableFileException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableFileException(String clause) {
        super(clause);
    }
}
