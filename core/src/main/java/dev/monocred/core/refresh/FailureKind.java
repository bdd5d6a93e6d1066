package dev.monocred.core.refresh;

/** What a failed flight means for the next attempt. */
public enum FailureKind {
    /** Network, timeout, outage or malformed answer: it may pass by itself. */
    TRANSIENT,
    /** The server asked for a pause. */
    THROTTLED,
    /** The server refused for a reason that somebody must mend. */
    TERMINAL,
    /** The credential could not be tried here; a developer may be about to mend it. */
    UNAVAILABLE
}
