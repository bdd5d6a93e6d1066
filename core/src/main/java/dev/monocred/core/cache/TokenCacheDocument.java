package dev.monocred.core.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.cache.CacheEntry.AccessTokenEntry;
import dev.monocred.core.cache.CacheEntry.AccountEntry;
import dev.monocred.core.cache.CacheEntry.AppMetadataEntry;
import dev.monocred.core.cache.CacheEntry.Fields;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.cache.CacheEntry.Section;
import dev.monocred.core.oauth.CloudHosts;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cache that Microsoft's libraries share: who signed in, and with what. Immutable: a change makes a new document. Entries
 * are found by their fields, because each library names them in its own way; what we do not know stays as it is. Tokens with
 * continuous access evaluation have a document of their own. Prints nothing of what it holds.
 */
public final class TokenCacheDocument {

    /** Nobody signed in. */
    public static final TokenCacheDocument EMPTY = new TokenCacheDocument(JsonNodeFactory.instance.objectNode());

    /** Applications of Microsoft's that share refresh tokens even before an answer has said so. */
    private static final Set<String> FAMILY = Set.of("04b07795-8ddb-461a-bbee-02f9e1bf7b46",
            "aebc6443-996d-45c2-90f0-388ff96faa56", "1950a258-227b-4e31-a9cf-717495945fc2");

    private static final Set<String> EVERYBODY = Set.of("organizations", "common");

    /** Never changed once it is here. */
    private final ObjectNode root;

    TokenCacheDocument(ObjectNode root) {
        this.root = root;
    }

    ObjectNode root() {
        return root;
    }

    /**
     * Whose entries are meant.
     *
     * @param environment any name of the cloud's host
     * @param clientId the application
     * @param homeAccountId the account; empty for what an application has for itself
     * @param userAssertionHash the hash of the user's token that was exchanged; empty if none was
     */
    public record Owner(String environment, String clientId, String homeAccountId, String userAssertionHash) {

        boolean ownsAsPerson(CacheEntry entry) {
            // A user's token that was exchanged tells the user, before any answer does.
            boolean isTheirs = entry.homeAccountId().equalsIgnoreCase(homeAccountId)
                    || (homeAccountId.isEmpty() && !userAssertionHash.isEmpty());
            return isThere(entry) && isTheirs && entry.userAssertionHash().equals(userAssertionHash);
        }

        /** Whoever signs in at an address for everybody gets tokens of the own tenant (token-cache.md 36). */
        String realm(String tenant) {
            int dot = homeAccountId.indexOf('.');
            return dot >= 0 && EVERYBODY.contains(tenant.toLowerCase(Locale.ROOT)) ? homeAccountId.substring(dot + 1) : tenant;
        }

        boolean isThere(CacheEntry entry) {
            return CloudHosts.isSameCloud(entry.environment(), environment);
        }

        boolean isApplication(CacheEntry entry) {
            return entry.clientId().equalsIgnoreCase(clientId);
        }
    }

    /**
     * The access token for a request, if one has more than five minutes left.
     *
     * @param owner whose
     * @param tenant the tenant that is asked, as it stands in the address
     * @param scopes what is asked for
     * @param now the time
     * @return the one that lives longest, or {@code null}
     */
    public @Nullable AccessTokenEntry accessToken(Owner owner, String tenant, Collection<String> scopes, Instant now) {
        return entries(Section.ACCESS_TOKEN, AccessTokenEntry.class)
                .filter(entry -> owner.ownsAsPerson(entry) && owner.isApplication(entry)
                        && owner.realm(entry.realm()).equalsIgnoreCase(owner.realm(tenant)) && entry.covers(scopes) && entry.isUsable(now))
                .max(Comparator.comparing(entry -> entry.token().expiresAt()))
                .orElse(null);
    }

    /**
     * The refresh tokens that may be redeemed, in the order to try them: an application of a family begins with the
     * family's.
     *
     * @param owner whose
     * @return the entries, possibly none; no secret twice
     */
    public List<RefreshTokenEntry> refreshTokens(Owner owner) {
        List<RefreshTokenEntry> all = entries(Section.REFRESH_TOKEN, RefreshTokenEntry.class)
                .filter(entry -> owner.ownsAsPerson(entry) && !entry.secret().isEmpty()).toList();
        Stream<RefreshTokenEntry> familys = isInFamily(owner)
                ? all.stream().filter(entry -> !entry.familyId().isEmpty()) : Stream.empty();
        Stream<RefreshTokenEntry> own = all.stream().filter(owner::isApplication);
        return List.copyOf(Stream.concat(familys, own).collect(Collectors.toMap(
                CacheEntry::secret, Function.identity(), (first, again) -> first, LinkedHashMap::new)).values());
    }

    /** What an answer said counts more than what we believe. */
    private boolean isInFamily(Owner owner) {
        Optional<AppMetadataEntry> said = entries(Section.APP_METADATA, AppMetadataEntry.class)
                .filter(entry -> owner.isThere(entry) && owner.isApplication(entry)).findFirst();
        return said.map(entry -> !entry.familyId().isEmpty())
                .orElseGet(() -> FAMILY.contains(owner.clientId().toLowerCase(Locale.ROOT)));
    }

    /**
     * Who signed in at a cloud; one entry for each account, though others write one for each tenant.
     *
     * @param environment any name of the cloud's host
     * @return the accounts, possibly none
     */
    public List<AccountEntry> accounts(String environment) {
        return List.copyOf(entries(Section.ACCOUNT, AccountEntry.class)
                .filter(entry -> CloudHosts.isSameCloud(entry.environment(), environment))
                .collect(Collectors.toMap(entry -> entry.homeAccountId().toLowerCase(Locale.ROOT),
                        Function.identity(), (first, again) -> first, LinkedHashMap::new)).values());
    }

    private <E extends CacheEntry> Stream<E> entries(Section section, Class<E> type) {
        return section(section).map(named -> type.cast(named.entry()));
    }

    private record Named(String key, CacheEntry entry) {}

    /** What is no object is no entry of ours, and stays. */
    private Stream<Named> section(Section section) {
        JsonNode entries = root.path(section.member());
        return entries.properties().stream().filter(entry -> entry.getValue() instanceof ObjectNode)
                .map(entry -> new Named(entry.getKey(), section.entry(new Fields((ObjectNode) entry.getValue()))));
    }

    /**
     * A document that has these entries. One that is there already keeps its name and what we do not know of it.
     *
     * @param entries the entries
     * @return the document
     */
    public TokenCacheDocument with(Collection<? extends CacheEntry> entries) {
        ObjectNode copy = root.deepCopy();
        entries.forEach(entry -> put(copy, entry));
        return new TokenCacheDocument(copy);
    }

    private static void put(ObjectNode copy, CacheEntry entry) {
        String member = entry.section().member();
        ObjectNode section = copy.path(member) instanceof ObjectNode there ? there : copy.putObject(member);
        String identity = CacheKeys.identity(entry);
        List<Named> same = new TokenCacheDocument(copy).section(entry.section())
                .filter(named -> CacheKeys.identity(named.entry()).equals(identity)).toList();
        same.forEach(named -> section.set(named.key(), named.entry().fields().overlaidWith(entry.fields())));
        if (same.isEmpty()) {
            section.set(CacheKeys.of(entry), Fields.NONE.overlaidWith(entry.fields()));
        }
    }

    /**
     * A document where a refresh token stands instead of another, wherever that was.
     *
     * @param old the secret that was redeemed
     * @param secret the one that came for it
     * @return the document
     */
    public TokenCacheDocument withRotated(String old, String secret) {
        return change(entry -> isRefreshToken(entry, old), fields -> fields.overlaidWith(Fields.NONE.with("secret", secret)));
    }

    /**
     * A document that does not have a refresh token any longer.
     *
     * @param secret the token
     * @return the document
     */
    public TokenCacheDocument withoutRefreshToken(String secret) {
        return change(entry -> isRefreshToken(entry, secret), fields -> null);
    }

    /**
     * A document that knows that an application is in no family.
     *
     * @param owner whose application
     * @return the document
     */
    public TokenCacheDocument withoutFamily(Owner owner) {
        TokenCacheDocument without = change(entry -> entry instanceof AppMetadataEntry && owner.isThere(entry)
                && owner.isApplication(entry), fields -> null);
        return without.with(List.of(new AppMetadataEntry(Fields.NONE.with("environment",
                CloudHosts.cacheName(owner.environment())).with("client_id", owner.clientId()))));
    }

    /**
     * A document without access tokens, for a memory that has them elsewhere.
     *
     * @return the document
     */
    public TokenCacheDocument withoutAccessTokens() {
        return change(AccessTokenEntry.class::isInstance, fields -> null);
    }

    /**
     * A document without access tokens that have ended.
     *
     * @param now the time
     * @return the document; this one if there are none
     */
    public TokenCacheDocument withoutEnded(Instant now) {
        Predicate<CacheEntry> hasEnded = entry -> entry instanceof AccessTokenEntry && hasEnded(entry.fields(), now);
        return section(Section.ACCESS_TOKEN).anyMatch(named -> hasEnded.test(named.entry())) ? change(hasEnded, fields -> null) : this;
    }

    private static boolean hasEnded(Fields fields, Instant now) {
        Instant end = fields.instant("expires_on");
        return end != null && end.isBefore(now);
    }

    /**
     * What became of a document that two changed at the same time. Nothing is lost that neither removed: where only one of
     * them changed or removed an entry, that counts; where both did, this document does.
     *
     * @param base what both began with
     * @param theirs what another made of it
     * @return the document
     */
    public TokenCacheDocument mergedWith(TokenCacheDocument base, TokenCacheDocument theirs) {
        ObjectNode merged = merged(new Three(base.root, root, theirs.root), Three::mergedSections);
        return merged.equals(root) ? this : merged.equals(theirs.root) ? theirs : new TokenCacheDocument(merged);
    }

    private static ObjectNode merged(Three objects, UnaryOperator<Three> choice) {
        ObjectNode merged = JsonNodeFactory.instance.objectNode();
        Stream.of(objects.ours, objects.theirs).flatMap(each -> each.properties().stream()).map(Map.Entry::getKey).distinct()
                .forEach(name -> merged.set(name, choice.apply(objects.at(name)).chosen()));
        merged.properties().removeIf(each -> each.getValue().isMissingNode());
        return merged;
    }

    /** One place in three documents; missing where a document has nothing there. */
    private record Three(JsonNode base, JsonNode ours, JsonNode theirs) {

        Three at(String name) {
            return new Three(base.path(name), ours.path(name), theirs.path(name));
        }

        JsonNode chosen() {
            return ours.equals(base) ? theirs : ours;
        }

        /** Whoever has no section has an empty one; what is no section is one thing. */
        Three mergedSections() {
            boolean areSections = Stream.of(base, ours, theirs).allMatch(each -> each.isMissingNode() || each.isObject());
            return areSections ? new Three(MissingNode.getInstance(), merged(this, UnaryOperator.identity()), theirs) : this;
        }
    }

    private static boolean isRefreshToken(CacheEntry entry, String secret) {
        return entry instanceof RefreshTokenEntry && entry.secret().equals(secret);
    }

    private TokenCacheDocument change(Predicate<CacheEntry> which, Function<Fields, @Nullable ObjectNode> change) {
        ObjectNode copy = root.deepCopy();
        for (Section section : Section.values()) {
            section(section).filter(named -> which.test(named.entry())).forEach(named -> {
                ObjectNode changed = change.apply(named.entry().fields());
                ObjectNode entries = (ObjectNode) copy.path(section.member());
                if (changed == null) {
                    entries.remove(named.key());
                } else {
                    entries.set(named.key(), changed);
                }
            });
        }
        return new TokenCacheDocument(copy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenCacheDocument that && root.equals(that.root);
    }

    @Override
    public int hashCode() {
        return root.hashCode();
    }

    @Override
    public String toString() {
        return "TokenCacheDocument" + root.properties().stream().map(Map.Entry::getKey).toList();
    }
}
