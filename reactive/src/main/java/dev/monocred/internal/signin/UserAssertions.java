package dev.monocred.internal.signin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Grant;
import dev.monocred.core.oauth.TokenResponse;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.source.TokenSource;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The users on whose behalf an application asks: one {@link User} for equal assertions, as long as anybody needs it. Who
 * needs it are credentials and the refresher's entries, and those are bounded; nothing else keeps a user.
 */
public final class UserAssertions {

    private final Application application;
    private final Authority authority;
    private final EntraTokenSource endpoint;
    private final Supplier<Instant> now;
    private final ConcurrentHashMap<String, Known> users = new ConcurrentHashMap<>();
    private final ReferenceQueue<User> forgotten = new ReferenceQueue<>();

    /**
     * Knows nobody yet.
     *
     * @param application who asks
     * @param authority the host that is asked
     * @param endpoint exchanges
     * @param now the wall clock
     */
    public UserAssertions(Application application, Authority authority, EntraTokenSource endpoint, Supplier<Instant> now) {
        this.application = application;
        this.authority = authority;
        this.endpoint = endpoint;
        this.now = now;
    }

    /** The user who came with that assertion. */
    public User user(String assertion) {
        forget();
        String id = hash(assertion);
        Known known = users.get(id);
        User present = known == null ? null : known.get();
        return present != null ? present : add(new User(id, new Grant.OnBehalfOf(assertion)));
    }

    /** Unless somebody else was faster. */
    private User add(User fresh) {
        for (;;) {
            Known winner = users.compute(fresh.id, (id, before) -> before == null || before.get() == null
                    ? new Known(fresh, forgotten) : before);
            User user = winner.get();
            if (user != null) {
                return user;
            }
        }
    }

    /** How many users are known. */
    int size() {
        forget();
        return users.size();
    }

    private void forget() {
        for (Object gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
            if (gone instanceof Known known) {
                users.remove(known.id, known);
            }
        }
    }

    static String hash(String assertion) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(assertion.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static final class Known extends WeakReference<User> {

        private final String id;

        Known(User user, ReferenceQueue<User> queue) {
            super(user, queue);
            this.id = user.id;
        }
    }

    /**
     * One user: the refresh token if one came, and otherwise the assertion itself. Requests wait for each other only where
     * they would need the same refresh token.
     */
    public final class User implements TokenSource {

        private final String id;
        private final Grant.OnBehalfOf grant;
        private final UserAccount account;
        private final UserTokenSource byRefreshToken;

        private User(String id, Grant.OnBehalfOf grant) {
            this.id = id;
            this.grant = grant;
            this.account = new UserAccount(application, authority, TokenStores.inMemory(), now).onBehalfOf(id);
            this.byRefreshToken = new UserTokenSource(application, authority, endpoint, account,
                    (request, refusal) -> endpoint.redeem(request, grant));
        }

        /** The SHA-256 of the assertion in hexadecimal digits. */
        public String id() {
            return id;
        }

        @Override
        public Mono<AccessToken> acquire(TokenRequestContext request) {
            return Mono.defer(() -> account.refreshTokens(request.isCaeEnabled()))
                    .flatMap(known -> known.isEmpty() ? exchange(request) : byRefreshToken.acquire(request));
        }

        private Mono<AccessToken> exchange(TokenRequestContext request) {
            return endpoint.redeem(request, grant).flatMap(response -> account.signedIn(request, response))
                    .map(TokenResponse::accessToken);
        }

        @Override
        public String toString() {
            return "User[" + id + "]";
        }
    }
}
