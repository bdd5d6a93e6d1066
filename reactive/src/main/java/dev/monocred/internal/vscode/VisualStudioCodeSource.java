package dev.monocred.internal.vscode;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.entra.TokenErrors;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.runtime.SmallFile.Unusable;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.internal.storage.SecretItems;
import dev.monocred.internal.storage.StorageFailure;
import dev.monocred.spi.TokenBroker;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Tokens of whoever is signed in to Visual Studio Code: from the broker if the application has one and there is a record of the
 * account, else for the refresh token of an old extension if there is one. Without a broker no file is read before that. Files
 * are read on the io pool; cancelling ends the step under way.
 */
public final class VisualStudioCodeSource implements TokenSource {

    /** Visual Studio Code's own, which is also in the record. */
    public static final String CLIENT_ID = "aebc6443-996d-45c2-90f0-388ff96faa56";

    static final String OR_INSTEAD = "or use AzureCliCredential, AzureDeveloperCliCredential or AzurePowerShellCredential instead";
    static final String INSTEAD = "Give the builder a TokenBroker, " + OR_INSTEAD;

    private final Wiring wiring;
    private final AzureAccount legacy;

    /**
     * What comes from outside.
     *
     * @param application who asks; its tenant is the configured one
     * @param broker the application's, or {@code null}
     * @param record of who is signed in
     * @param authority the configured one
     * @param executables where tools are looked for, and variables
     * @param runtime the credential's share of what the process has
     * @param timer runs delays
     * @param endpoints the token endpoint of an authority
     * @param now the wall clock
     */
    public record Wiring(Application application, @Nullable TokenBroker broker, SignInRecord record, Authority authority,
            Executables executables, SharedRuntime.Lease runtime, Scheduler timer,
            Function<Authority, EntraTokenSource> endpoints, Supplier<Instant> now) {}

    /** Makes a source; nothing is asked, read or started. */
    public VisualStudioCodeSource(Wiring wiring) {
        this.wiring = wiring;
        this.legacy = new AzureAccount(new AzureAccount.Wiring(wiring.application, wiring.authority,
                new SecretItems(wiring.runtime, wiring.executables, wiring.timer),
                onIo(() -> UserSettings.read(UserSettings.file(wiring.executables)), "the settings were not read"),
                wiring.endpoints, wiring.now));
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        TokenBroker broker = wiring.broker;
        return broker == null ? legacy(request, "gives tokens only through the operating system's broker, and no TokenBroker"
                + " was given", INSTEAD) : record().map(record -> brokered(broker, record, request))
                .onErrorResume(Unusable.class, e -> Mono.just(legacy(request, "does not say who is signed in: " + e.clause(),
                        "Sign in to Azure in Visual Studio Code, with its extension Azure Resources, " + OR_INSTEAD)))
                .flatMap(Function.identity());
    }

    private Mono<AuthenticationRecord> record() {
        return onIo(wiring.record::read, "the record of who is signed in to Visual Studio Code was not read");
    }

    private <T> Mono<T> onIo(Callable<T> reading, String otherwise) {
        return Mono.defer(() -> Mono.fromCallable(reading).subscribeOn(wiring.runtime.io()))
                .onErrorMap(RejectedExecutionException.class,
                        rejected -> TokenErrors.saturated(credential(), otherwise, rejected));
    }

    private Mono<AccessToken> brokered(TokenBroker broker, AuthenticationRecord record, TokenRequestContext request) {
        return new Brokered(credential(), broker, record, request.withTenantId(tenant(record, request))).token();
    }

    private String tenant(AuthenticationRecord record, TokenRequestContext request) {
        String own = wiring.application.tenant();
        return Objects.requireNonNullElse(request.tenantId(),
                own.equalsIgnoreCase(SignInRecord.ANY_ORGANIZATION) ? record.tenantId() : own);
    }

    private Mono<AccessToken> legacy(TokenRequestContext request, String why, String remedy) {
        return legacy.acquire(request)
                .onErrorMap(StorageFailure.class, failure -> unavailable(why, remedy, failure))
                .switchIfEmpty(Mono.error(() -> unavailable(why, remedy, null)));
    }

    private CredentialUnavailableException unavailable(String why, String remedy, @Nullable Throwable cause) {
        return new CredentialUnavailableException(TokenErrors.sentence(credential() + " is unavailable",
                "Visual Studio Code " + why, remedy, null), cause);
    }

    private String credential() {
        return wiring.application.credential();
    }
}
