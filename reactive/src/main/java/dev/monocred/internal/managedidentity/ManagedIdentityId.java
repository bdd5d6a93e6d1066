package dev.monocred.internal.managedidentity;

import java.util.Map;

/**
 * Which of a machine's identities. None of these values is a secret.
 *
 * @param kind how it is named
 * @param value its name; empty for the system's own
 */
public record ManagedIdentityId(Kind kind, String value) {

    /** The machine's own identity. */
    public static final ManagedIdentityId SYSTEM = new ManagedIdentityId(Kind.SYSTEM, "");

    /** The ways to name an identity. */
    public enum Kind {
        /** Not at all: the machine has one of its own. */
        SYSTEM("its system-assigned identity"),
        /** By the client id of a user-assigned identity. */
        CLIENT_ID("clientId"),
        /** By the object id of its service principal. */
        OBJECT_ID("objectId"),
        /** By its id in Azure Resource Manager. */
        RESOURCE_ID("resourceId");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    boolean isSystem() {
        return kind == Kind.SYSTEM;
    }

    /** As the builder calls it, for sentences. */
    String name() {
        return kind.words;
    }

    /** Names it to a host that knows every kind; such hosts differ in what they call the last. */
    void addTo(Map<String, String> parameters, String resourceId) {
        switch (kind) {
            case SYSTEM -> { }
            case CLIENT_ID -> parameters.put("client_id", value);
            case OBJECT_ID -> parameters.put("object_id", value);
            case RESOURCE_ID -> parameters.put(resourceId, value);
        }
    }

    @Override
    public String toString() {
        return isSystem() ? name() : name() + " " + value;
    }
}
