package dev.monocred.internal.entra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.oauth.ClientAuthentication;
import dev.monocred.internal.entra.AuthenticationProvider.Fixed;
import dev.monocred.internal.entra.AuthenticationProvider.Proof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/** Where the file is read: BlockHound does not see how NIO reads one. */
class FederatedTokenFileTest {

    @TempDir
    Path folder;

    private final Queue<Runnable> io = new ArrayDeque<>();

    private FederatedTokenFile file(Executor executor) {
        return new FederatedTokenFile("WorkloadIdentityCredential", folder.resolve("token"), () -> Schedulers.fromExecutor(executor));
    }

    @Test
    void nothingIsReadBeforeTheIoPoolTakesItsTurn() throws IOException {
        CompletableFuture<Proof> proof = file(io::add).prepare().toFuture();
        Files.writeString(folder.resolve("token"), "written.after.subscription");
        assertThat(io).hasSize(1);
        io.remove().run();
        assertThat(proof.join()).isEqualTo(new Fixed(new ClientAuthentication.Assertion("written.after.subscription")));
    }

    @Test
    void assemblingReadsNothing() {
        assertThat(file(io::add).prepare()).isNotNull();
        assertThat(io).isEmpty();
    }

    @Test
    void aPoolThatIsFullIsSaidAndMayPass() {
        FederatedTokenFile file = file(task -> {
            throw new RejectedExecutionException();
        });
        assertThatThrownBy(() -> file.prepare().block()).isInstanceOf(ClientAuthenticationException.class)
                .isNotInstanceOf(CredentialUnavailableException.class)
                .hasMessageContaining("the blocking scheduler is saturated, so the federated token was not read")
                .satisfies(error -> assertThat(((ClientAuthenticationException) error).isTransient()).isTrue());
    }
}
