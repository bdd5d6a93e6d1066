package dev.monocred.core.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.AccessToken;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is remembered, as Microsoft's libraries write it. Others write more fields than we know: they stay. No entry
 * prints what it holds.
 */
public sealed interface CacheEntry {

    /**
     * What it consists of.
     *
     * @return all fields, unknown ones among them
     */
    Fields fields();

    /**
     * Where it stands.
     *
     * @return its section
     */
    Section section();

    /**
     * The account it belongs to.
     *
     * @return {@code uid.utid}; empty for what an application has for itself
     */
    default String homeAccountId() {
        return fields().text("home_account_id");
    }

    /**
     * The host that issued it; any name of the cloud.
     *
     * @return the host
     */
    default String environment() {
        return fields().text("environment");
    }

    /**
     * The application it belongs to.
     *
     * @return its client id; empty for accounts
     */
    default String clientId() {
        return fields().text("client_id");
    }

    /**
     * The tenant it belongs to, or a word such as {@code organizations}.
     *
     * @return the tenant; empty for what belongs to no tenant
     */
    default String realm() {
        return fields().text("realm");
    }

    /**
     * What must not be printed.
     *
     * @return the token; empty for entries that have none
     */
    default String secret() {
        return fields().text("secret");
    }

    /**
     * The family of applications that may use it.
     *
     * @return {@code 1}, or empty
     */
    default String familyId() {
        return fields().text("family_id");
    }

    /**
     * The hash of the user's token that it was got on behalf of.
     *
     * @return the hash; empty where nobody's token was exchanged
     */
    default String userAssertionHash() {
        String hash = fields().text("user_assertion_hash");
        return hash.isEmpty() ? fields().text("userAssertionHash") : hash;
    }

    /**
     * Which scopes it is for, in lower case.
     *
     * @return the scopes, possibly none
     */
    default Set<String> scopes() {
        return fields().words("target");
    }

    /** The five sections of the document. */
    enum Section {
        /** Access tokens. */
        ACCESS_TOKEN("AccessToken"),
        /** Refresh tokens. */
        REFRESH_TOKEN("RefreshToken"),
        /** Id tokens. */
        ID_TOKEN("IdToken"),
        /** Accounts. */
        ACCOUNT("Account"),
        /** What is known of applications. */
        APP_METADATA("AppMetadata");

        private final String member;

        Section(String member) {
            this.member = member;
        }

        String member() {
            return member;
        }

        CacheEntry entry(Fields fields) {
            return switch (this) {
                case ACCESS_TOKEN -> new AccessTokenEntry(fields);
                case REFRESH_TOKEN -> new RefreshTokenEntry(fields);
                case ID_TOKEN -> new IdTokenEntry(fields);
                case ACCOUNT -> new AccountEntry(fields);
                case APP_METADATA -> new AppMetadataEntry(fields);
            };
        }
    }

    /**
     * An access token.
     *
     * @param fields what it consists of
     */
    record AccessTokenEntry(Fields fields) implements CacheEntry {

        /** Others stop using a token so long before its end, and so a token from a cache has at least as much left. */
        private static final Duration LEAST_LEFT = Duration.ofMinutes(5);

        @Override
        public Section section() {
            return Section.ACCESS_TOKEN;
        }

        /**
         * Whether it may be given out.
         *
         * @param now the time
         * @return {@code false} if it is no bearer token, has no known end, or ends within five minutes
         */
        public boolean isUsable(Instant now) {
            Instant end = fields.instant("expires_on");
            String type = fields.text("token_type");
            return !secret().isEmpty() && (type.isEmpty() || type.equalsIgnoreCase("Bearer"))
                    && end != null && !end.isBefore(now.plus(LEAST_LEFT));
        }

        /**
         * Whether the server wanted it to be replaced by now. It can be used all the same if that fails.
         *
         * @param now the time
         * @return {@code false} if the server said nothing
         */
        public boolean isRefreshDue(Instant now) {
            Instant due = fields.instant("refresh_on");
            return due != null && !now.isBefore(due);
        }

        /**
         * Whether it was granted everything that is asked for.
         *
         * @param asked scopes in any case
         * @return {@code true} if it covers them
         */
        public boolean covers(Collection<String> asked) {
            return scopes().containsAll(asked.stream().map(scope -> scope.toLowerCase(Locale.ROOT)).toList());
        }

        /**
         * The token to give out; only if it is {@linkplain #isUsable(Instant) usable}.
         *
         * @return the token with its times
         */
        public AccessToken token() {
            Instant end = fields.instant("expires_on");
            return AccessToken.of(secret(), end == null ? Instant.EPOCH : end).withRefreshAt(fields.instant("refresh_on"));
        }

        @Override
        public String toString() {
            return "AccessTokenEntry" + fields;
        }
    }

    /**
     * A refresh token.
     *
     * @param fields what it consists of
     */
    record RefreshTokenEntry(Fields fields) implements CacheEntry {

        @Override
        public Section section() {
            return Section.REFRESH_TOKEN;
        }

        @Override
        public String toString() {
            return "RefreshTokenEntry" + fields;
        }
    }

    /**
     * An id token.
     *
     * @param fields what it consists of
     */
    record IdTokenEntry(Fields fields) implements CacheEntry {

        @Override
        public Section section() {
            return Section.ID_TOKEN;
        }

        @Override
        public String toString() {
            return "IdTokenEntry" + fields;
        }
    }

    /**
     * A person.
     *
     * @param fields what it consists of
     */
    record AccountEntry(Fields fields) implements CacheEntry {

        @Override
        public Section section() {
            return Section.ACCOUNT;
        }

        /**
         * What the person signed in with.
         *
         * @return the name, or empty
         */
        public String username() {
            return fields.text("username");
        }

        @Override
        public String toString() {
            return "AccountEntry" + fields;
        }
    }

    /**
     * What is known of an application.
     *
     * @param fields what it consists of
     */
    record AppMetadataEntry(Fields fields) implements CacheEntry {

        @Override
        public Section section() {
            return Section.APP_METADATA;
        }

        @Override
        public String toString() {
            return "AppMetadataEntry" + fields;
        }
    }

    /** The fields of an entry: whatever JSON they were written as, they are read as texts. Immutable; prints names only. */
    final class Fields {

        static final Fields NONE = new Fields(JsonNodeFactory.instance.objectNode());
        private static final Pattern SECONDS = Pattern.compile("([0-9]{1,12})(\\.[0-9]*)?");

        private final ObjectNode node;

        Fields(ObjectNode node) {
            this.node = node;
        }

        /** A copy that has this field too; without it if there is nothing to say. */
        Fields with(String name, @Nullable String value) {
            ObjectNode copy = node.deepCopy();
            if (value == null || value.isEmpty()) {
                copy.remove(name);
            } else {
                copy.put(name, value);
            }
            return new Fields(copy);
        }

        /** These fields, and for each that the other has, its value. */
        ObjectNode overlaidWith(Fields other) {
            ObjectNode copy = node.deepCopy();
            copy.setAll(other.node);
            return copy;
        }

        /**
         * One field.
         *
         * @param name its name
         * @return its text; empty if it is absent, null or no single value
         */
        public String text(String name) {
            JsonNode value = node.path(name);
            return value.isValueNode() && !value.isNull() ? value.asText() : "";
        }

        /**
         * A field that holds seconds since 1970.
         *
         * @param name its name
         * @return the instant, or {@code null}
         */
        public @Nullable Instant instant(String name) {
            Matcher seconds = SECONDS.matcher(text(name).strip());
            return seconds.matches() ? Instant.ofEpochSecond(Long.parseLong(seconds.group(1))) : null;
        }

        Set<String> words(String name) {
            return Stream.of(text(name).strip().toLowerCase(Locale.ROOT).split("\\s+"))
                    .filter(word -> !word.isEmpty()).collect(Collectors.toUnmodifiableSet());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Fields that && node.equals(that.node);
        }

        @Override
        public int hashCode() {
            return node.hashCode();
        }

        @Override
        public String toString() {
            return node.properties().stream().map(Map.Entry::getKey).toList().toString();
        }
    }
}
