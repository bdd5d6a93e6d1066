package dev.monocred.internal.managedidentity;

/** What else is tried if this machine has no identity. */
public enum Position {
    /** Nothing: the credential was made by itself. */
    ALONE,
    /** Others, so that absence should show soon. */
    IN_CHAIN,
    /** Nothing: it is the one that was chosen, so it is there, and worth every attempt. */
    ONLY_ONE
}
