package dev.monocred.internal.signin;

import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.cache.CacheEntry.AccessTokenEntry;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.cache.CachedResponse;
import dev.monocred.core.cache.TokenCacheDocument;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.IdToken;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.cache.TokenStores;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.runtime.Turnstiles;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Whose tokens a credential gets, and the refresh tokens for that. A refresh token counts in both modes of continuous access
 * evaluation, so a new one replaces the old in both documents; access tokens never cross. Who would redeem a refresh token
 * takes turns: a server that rotates them revokes all when an old one comes again.
 */
public final class UserAccount implements RefreshTokens {

    private static final String TURN = "account";

    private final Application application;
    private final Authority authority;
    private final TokenStores stores;
    private final String userAssertionHash;
    private final Supplier<Instant> now;
    private final Turnstiles turns = new Turnstiles(1);
    private final AtomicReference<Known> known;

    /** Who is signed in; the record is missing where an answer did not name the person. */
    private record Known(String homeAccountId, @Nullable AuthenticationRecord record) {

        static final Known NOBODY = new Known("", null);
    }

    /**
     * Makes an account that nobody has signed in to, or that somebody signed in to earlier.
     *
     * @param application who asks
     * @param authority the host that is asked
     * @param stores where refresh tokens are kept
     * @param now the wall clock
     */
    public UserAccount(Application application, Authority authority, TokenStores stores, Supplier<Instant> now) {
        this(application, authority, stores, now, "", null);
    }

    private UserAccount(Application application, Authority authority, TokenStores stores, Supplier<Instant> now,
            String userAssertionHash, @Nullable AuthenticationRecord record) {
        this.application = application;
        this.authority = authority;
        this.stores = stores;
        this.now = now;
        this.userAssertionHash = userAssertionHash;
        this.known = new AtomicReference<>(record == null ? Known.NOBODY : new Known(record.homeAccountId(), record));
    }

    /**
     * The same account, of whoever signed in earlier.
     *
     * @param record who, or {@code null} for nobody
     */
    public UserAccount of(@Nullable AuthenticationRecord record) {
        return new UserAccount(application, authority, stores, now, userAssertionHash, record);
    }

    /**
     * The same account on behalf of somebody whose token was exchanged: no refresh token of another's is used for it.
     *
     * @param hash of the user's token
     */
    public UserAccount onBehalfOf(String hash) {
        return new UserAccount(application, authority, stores, now, hash, null);
    }

    @Override
    public <T> Mono<T> inTurn(Mono<T> work) {
        return turns.pass(TURN, work);
    }

    @Override
    public Mono<List<RefreshTokenEntry>> refreshTokens(boolean isCae) {
        return stores.read(isCae).map(document -> document.refreshTokens(owner()));
    }

    /** Whose access tokens may be given out, or {@code null} while nobody is known. */
    public @Nullable Owner knownOwner() {
        return known.get().homeAccountId.isEmpty() ? null : owner();
    }

    private Owner owner() {
        return new Owner(authority.host(), application.clientId(), known.get().homeAccountId, userAssertionHash);
    }

    @Override
    public Mono<Void> forget(RefreshTokenEntry spent) {
        return everywhere(document -> document.withoutRefreshToken(spent.secret()));
    }

    @Override
    public Mono<Void> leaveFamily() {
        return everywhere(document -> document.withoutFamily(owner()));
    }

    private Mono<Void> everywhere(UnaryOperator<TokenCacheDocument> change) {
        return stores.update(false, change).then(stores.update(true, change));
    }

    @Override
    public Mono<TokenResponse> refreshed(TokenRequestContext request, RefreshTokenEntry redeemed, TokenResponse response) {
        return Mono.defer(() -> {
            check(response);
            String rotated = response.refreshToken();
            Mono<Void> replaced = rotated == null ? Mono.empty()
                    : everywhere(document -> document.withRotated(redeemed.secret(), rotated));
            return replaced.then(remember(request, known.get().homeAccountId, response)).thenReturn(response);
        });
    }

    /** Remembers who signed in, before anybody sees the answer. */
    Mono<TokenResponse> signedIn(TokenRequestContext request, TokenResponse response) {
        return Mono.defer(() -> {
            check(response);
            String home = homeAccountId(response);
            return remember(request, home, response)
                    .then(Mono.fromSupplier(() -> {
                        known.set(new Known(home, recordOf(response)));
                        return response;
                    }));
        });
    }

    /** A person without a name gets one that nobody else has: documents are shared, and people must not be mixed up there. */
    private static String homeAccountId(TokenResponse response) {
        String said = CachedResponse.homeAccountId(response);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return said.isEmpty() ? "unnamed-" + new UUID(random.nextLong(), random.nextLong()) : said;
    }

    private Mono<Void> remember(TokenRequestContext request, String home, TokenResponse response) {
        var entries = new CachedResponse(authority.host(), application.clientId(), home, tenant(request), request.scopes(),
                userAssertionHash, response, now.get()).entries();
        var withoutAccess = entries.stream().filter(entry -> !(entry instanceof AccessTokenEntry)).toList();
        return stores.update(request.isCaeEnabled(), document -> document.with(entries))
                .then(stores.update(!request.isCaeEnabled(), document -> document.with(withoutAccess)));
    }

    private String tenant(TokenRequestContext request) {
        return Objects.requireNonNullElse(request.tenantId(), application.tenant());
    }

    /** The only check that the token endpoint's own TLS does not make needless (entra.md 2.4). */
    private void check(TokenResponse response) {
        String text = response.idToken();
        IdToken idToken = text == null ? null : IdToken.parse(text);
        if (text != null && (idToken == null || !idToken.isFor(application.clientId()))) {
            throw new ClientAuthenticationException(TokenErrors.sentence(application.credential(), idToken == null
                    ? "the id token in the answer of " + authority.host() + " cannot be read"
                    : "the id token in the answer of " + authority.host() + " is for another application than "
                            + application.clientId(), "Check the client id and the authority host", null));
        }
    }

    private @Nullable AuthenticationRecord recordOf(TokenResponse response) {
        IdToken idToken = response.idToken() == null ? null : IdToken.parse(response.idToken());
        String home = CachedResponse.homeAccountId(response);
        if (idToken == null || home.isEmpty()) {
            return null;
        }
        String host = idToken.issuerHost();
        String tenant = idToken.tenantId();
        String user = idToken.username();
        return Stream.of(host, tenant, user).anyMatch(Objects::isNull) ? null
                : AuthenticationRecord.of(Objects.requireNonNull(host), application.clientId(), home,
                        Objects.requireNonNull(tenant), Objects.requireNonNull(user));
    }

    /** Which account it is; changes when somebody else signs in. */
    String homeAccountId() {
        return known.get().homeAccountId;
    }

    /** Who signed in last. */
    Mono<AuthenticationRecord> signedInUser() {
        return Mono.defer(() -> {
            AuthenticationRecord record = known.get().record;
            return record != null ? Mono.just(record) : Mono.error(new ClientAuthenticationException(TokenErrors.sentence(
                    application.credential(), "somebody signed in, but the answer of " + authority.host()
                            + " does not say who: it needs an id token with iss, sub, a tenant and a name",
                    "Check that the application may ask for openid and profile", null)));
        });
    }
}
