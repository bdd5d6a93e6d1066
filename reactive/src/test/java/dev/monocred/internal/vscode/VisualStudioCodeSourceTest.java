package dev.monocred.internal.vscode;

import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.Authority;
import dev.monocred.internal.entra.EntraTokenSource;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.internal.storage.SecretItems;
import dev.monocred.testing.FakeTool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** developer-tools.md, checklist 44: what is not read; and which authority an item of another cloud goes to. */
class VisualStudioCodeSourceTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Application APPLICATION = new Application("Credential", "organizations", "a-client");
    private static final Authority PUBLIC = Authority.parse("login.microsoftonline.com");

    private final SharedRuntime.Lease lease = SharedRuntime.lease();
    private final FakeTool tool = FakeTool.named("secret-tool").does(nothing().exits(1));
    private final Executables executables = Executables.ofThisMachine(tool.environment()::apply);
    private final AtomicInteger readings = new AtomicInteger();

    @AfterEach
    void end() {
        lease.release();
        tool.close();
    }

    private AzureAccount account(UserSettings settings, Function<Authority, EntraTokenSource> endpoints) {
        return new AzureAccount(new AzureAccount.Wiring(APPLICATION, PUBLIC,
                new SecretItems(lease, executables, Schedulers.parallel()), Mono.fromSupplier(() -> {
                    readings.incrementAndGet();
                    return settings;
                }), endpoints, () -> Instant.EPOCH));
    }

    private static EntraTokenSource toldNowhere(Authority authority) {
        throw new IllegalStateException("it went to " + authority);
    }

    @Test
    void withoutABrokerNoRecordIsRead() {
        SignInRecord unreadable = new SignInRecord(List.of());
        VisualStudioCodeSource source = new VisualStudioCodeSource(new VisualStudioCodeSource.Wiring(APPLICATION, null, unreadable,
                PUBLIC, executables, lease, Schedulers.parallel(), VisualStudioCodeSourceTest::toldNowhere, () -> Instant.EPOCH));

        assertThatExceptionOfType(CredentialUnavailableException.class).isThrownBy(() -> source.acquire(REQUEST).block(LIMIT))
                .withMessageContaining("no TokenBroker was given");
    }

    @Test
    void withoutAnItemNoSettingsAreRead() {
        AzureAccount account = account(new UserSettings(null, null), VisualStudioCodeSourceTest::toldNowhere);

        assertThat(account.acquire(REQUEST).block(LIMIT)).isNull();
        assertThat(tool.runCount()).isEqualTo(1);
        assertThat(readings).hasValue(0);
    }

    @Test
    void anItemOfAnotherCloudGoesToThatCloud() {
        tool.does(nothing().prints("an-invented-refresh-token"));
        AzureAccount account = account(new UserSettings("AzureUSGovernment", null), VisualStudioCodeSourceTest::toldNowhere);

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> account.acquire(REQUEST).block(LIMIT))
                .withMessageContaining("login.microsoftonline.us");
        assertThat(readings).hasValue(1);
    }
}
