package dev.monocred.core.refresh;

/** What to do for one subscriber, given what is held and what time it is. */
public enum Decision {
    /** Emit the held token. */
    USE,
    /** Emit the held token and start a flight that nobody waits for. */
    USE_AND_REFRESH,
    /** Join the flight, or start it, and wait. */
    ACQUIRE,
    /** Join the flight if there is one; else fail at once, because the last attempt failed a short while ago. */
    GATED
}
