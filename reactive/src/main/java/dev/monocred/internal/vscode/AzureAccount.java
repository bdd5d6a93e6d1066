package dev.monocred.internal.vscode;

import dev.monocred.core.AccessToken;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.core.oauth.Grant;
import dev.monocred.internal.cache.TokenStores;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.signin.UserAccount;
import dev.monocred.internal.signin.UserTokenSource;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.internal.storage.SecretItems;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The refresh token that the extension Azure Account kept up to its version 0.9.11. The item is looked up for each acquisition,
 * so that another person's sign-in counts at once; nothing is written back, and what a server gives in its place is only
 * remembered here. No file is read unless there is an item.
 */
final class AzureAccount {

    private static final String SERVICE = "VS Code Azure";
    private static final Pattern REFRESH_TOKEN = Pattern.compile("[-_.a-zA-Z0-9]+");

    private final Wiring wiring;
    private final AtomicReference<@Nullable Held> held = new AtomicReference<>();

    /**
     * What comes from outside.
     *
     * @param application who asks; its tenant is the configured one
     * @param authority the configured one
     * @param items what other programs keep
     * @param settings reads Visual Studio Code's, never on the thread of whoever subscribes
     * @param endpoints the token endpoint of an authority
     * @param now the wall clock
     */
    record Wiring(Application application, Authority authority, SecretItems items, Mono<UserSettings> settings,
            Function<Authority, EntraTokenSource> endpoints, Supplier<Instant> now) {}

    /** A refresh token and where it is good; never printed. */
    private record Item(AzureCloud cloud, String secret) {

        @Override
        public String toString() {
            return "Item[" + cloud + "]";
        }
    }

    private record Held(Item item, Authority authority, TokenSource source) {

        boolean isOf(Item other, Authority place) {
            return item.equals(other) && authority.equals(place);
        }
    }

    AzureAccount(Wiring wiring) {
        this.wiring = wiring;
    }

    /** Exchanges it; empty if there is none; fails with StorageFailure if one cannot look. */
    Mono<AccessToken> acquire(TokenRequestContext request) {
        AzureCloud configured = AzureCloud.of(wiring.authority);
        return item(configured == null ? AzureCloud.PUBLIC : configured)
                .flatMap(item -> wiring.settings.flatMap(settings -> item(item, settings)
                        .flatMap(chosen -> exchange(chosen, request, settings))));
    }

    private Mono<Item> item(AzureCloud cloud) {
        return Flux.fromIterable(cloud.names()).concatMap(name -> wiring.items.find(SERVICE, name)).next()
                .map(secret -> new Item(cloud, secret));
    }

    /** A sovereign authority that the application named wins over the setting. */
    private Mono<Item> item(Item found, UserSettings settings) {
        AzureCloud set = AzureCloud.named(settings.cloud());
        return found.cloud != AzureCloud.PUBLIC || set == null || set == found.cloud ? Mono.just(found) : item(set);
    }

    private Mono<AccessToken> exchange(Item item, TokenRequestContext request, UserSettings settings) {
        if (!REFRESH_TOKEN.matcher(item.secret).matches()) {
            return unavailable("what the secret store has for the extension Azure Account is no refresh token");
        }
        String tenant = tenant(request, settings);
        if (tenant.equalsIgnoreCase("adfs")) {
            return unavailable("an AD FS server takes no refresh token of Visual Studio Code's");
        }
        Authority place = AzureCloud.of(wiring.authority) == AzureCloud.PUBLIC ? item.cloud.authority() : wiring.authority;
        return source(item, place).acquire(request.withTenantId(tenant));
    }

    private String tenant(TokenRequestContext request, UserSettings settings) {
        String own = wiring.application.tenant();
        String named = request.tenantId() != null ? request.tenantId() : own;
        return named.equalsIgnoreCase(SignInRecord.ANY_ORGANIZATION) && settings.tenant() != null ? settings.tenant() : named;
    }

    private TokenSource source(Item item, Authority place) {
        return Objects.requireNonNull(held.updateAndGet(
                present -> present != null && present.isOf(item, place) ? present : new Held(item, place, fresh(item, place)))).source;
    }

    private TokenSource fresh(Item item, Authority place) {
        EntraTokenSource endpoint = wiring.endpoints.apply(place);
        Grant grant = new Grant.RefreshToken(item.secret);
        return new UserTokenSource(wiring.application, place, endpoint,
                new UserAccount(wiring.application, place, TokenStores.inMemory(), wiring.now),
                (request, refusal) -> refusal == null ? endpoint.redeem(request, grant) : Mono.error(refusal));
    }

    private <T> Mono<T> unavailable(String what) {
        return Mono.error(() -> new CredentialUnavailableException(TokenErrors.sentence(
                wiring.application.credential() + " is unavailable", what, VisualStudioCodeSource.INSTEAD, null)));
    }
}
