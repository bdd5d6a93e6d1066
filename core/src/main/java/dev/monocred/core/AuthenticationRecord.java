package dev.monocred.core;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Json;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who signed in: which account a credential should use without asking again. Holds no secret, but names a person, so
 * {@link #toString()} leaves that out. Immutable, with value equality. Its JSON is that of the other Azure libraries.
 */
public final class AuthenticationRecord {

    private static final String VERSION = "1.0";
    private static final Pattern READABLE = Pattern.compile("1(\\.[0-9]+)?");

    private final String authority;
    private final String clientId;
    private final String homeAccountId;
    private final String tenantId;
    private final String username;

    private AuthenticationRecord(String authority, String clientId, String homeAccountId, String tenantId, String username) {
        this.authority = authority;
        this.clientId = clientId;
        this.homeAccountId = homeAccountId;
        this.tenantId = tenantId;
        this.username = username;
    }

    /**
     * Makes a record of its parts.
     *
     * @param authority the host that signed the person in; an https URL is taken too
     * @param clientId the application that asked for it
     * @param homeAccountId the account's id
     * @param tenantId the tenant where the person signed in
     * @param username what the person signed in with
     * @return the record
     * @throws IllegalArgumentException if the authority is no host
     */
    public static AuthenticationRecord of(String authority, String clientId, String homeAccountId, String tenantId,
            String username) {
        String host = Authority.parse(authority).toString().substring("https://".length());
        return new AuthenticationRecord(host, requireNonNull(clientId, "clientId"),
                requireNonNull(homeAccountId, "homeAccountId"), requireNonNull(tenantId, "tenantId"),
                requireNonNull(username, "username"));
    }

    /**
     * Reads what {@link #serialize()} wrote, here or in another Azure library. Unknown members do not matter.
     *
     * @param json a JSON object
     * @return the record
     * @throws IllegalArgumentException if it is not JSON, lacks a member, or has another version than 1
     */
    public static AuthenticationRecord deserialize(String json) {
        ObjectNode members = Json.object(json);
        if (members == null) {
            throw refused("is not a JSON object");
        }
        JsonNode version = members.path("version");
        if (!version.isMissingNode() && !version.isNull() && !READABLE.matcher(version.asText()).matches()) {
            throw refused("has version " + version + ", and only version " + VERSION + " is understood");
        }
        return of(member(members, "authority"), member(members, "clientId"), member(members, "homeAccountId"),
                member(members, "tenantId"), member(members, "username"));
    }

    private static String member(ObjectNode members, String name) {
        JsonNode member = members.path(name);
        if (!member.isTextual() || member.textValue().isBlank()) {
            throw refused("has no " + name);
        }
        return member.textValue();
    }

    private static IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("the authentication record " + why
                + "; make one with authenticate() and keep what serialize() gives");
    }

    /**
     * Writes the record, to be kept until the program starts again.
     *
     * @return a JSON object
     */
    public String serialize() {
        return JsonNodeFactory.instance.objectNode().put("authority", authority).put("clientId", clientId)
                .put("homeAccountId", homeAccountId).put("tenantId", tenantId).put("username", username)
                .put("version", VERSION).toString();
    }

    /**
     * Where the person signed in.
     *
     * @return a host, for example {@code login.microsoftonline.com}
     */
    public String authority() {
        return authority;
    }

    /**
     * The application that the person signed in to.
     *
     * @return its client id
     */
    public String clientId() {
        return clientId;
    }

    /**
     * The account, the same in every tenant.
     *
     * @return its id
     */
    public String homeAccountId() {
        return homeAccountId;
    }

    /**
     * The tenant where the person signed in.
     *
     * @return its id
     */
    public String tenantId() {
        return tenantId;
    }

    /**
     * What the person signed in with.
     *
     * @return for example an e-mail address
     */
    public String username() {
        return username;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AuthenticationRecord that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    private List<String> parts() {
        return List.of(authority, clientId, homeAccountId, tenantId, username);
    }

    @Override
    public String toString() {
        return "AuthenticationRecord[authority=" + authority + ", clientId=" + clientId + ", tenantId=" + tenantId + "]";
    }
}
