package dev.monocred.internal.managedidentity;

/** What else is tried if this machine has no identity. */
public enum Position {
    /** Nothing: the credential was made by itself. */
    ALONE,
    /** Others, so that absence should show soon. */
    IN_CHAIN,
    /** Others, and the pod's own workload identity came before. */
    IN_DEFAULT_CHAIN,
    /** Nothing: it is the one that was chosen, so it is there, and worth every attempt. */
    ONLY_ONE;

    boolean isChained() {
        return this == IN_CHAIN || this == IN_DEFAULT_CHAIN;
    }
}
