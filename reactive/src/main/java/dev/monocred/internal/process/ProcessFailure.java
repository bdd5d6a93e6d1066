package dev.monocred.internal.process;

import org.jspecify.annotations.Nullable;

/** A program gave no result of its own. The message is a clause for somebody's sentence; it contains no output. */
public final class ProcessFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why there is no result. */
    public enum Reason {
        /** The program, or a safe folder to run it in, is not there. */
        NOT_FOUND,
        /** The system could not start it now: no memory, too many processes. */
        NOT_STARTED,
        /** It did not end in time. */
        TIMED_OUT,
        /** It wrote more than any answer can be. */
        TOO_MUCH_OUTPUT,
        /** Too many others wait for a program to end. */
        SATURATED,
        /** The machinery was shut down underneath it. */
        INTERRUPTED
    }

    ProcessFailure(Reason reason, String clause, @Nullable Throwable cause) {
        super(clause, cause, true, false);
        this.reason = reason;
    }

    /**
     * Why.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
