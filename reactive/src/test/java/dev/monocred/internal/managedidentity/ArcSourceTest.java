package dev.monocred.internal.managedidentity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.testing.ManualTime;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class ArcSourceTest {

    @Test
    void anAgentThatSetsNoVariablesIsAskedAtItsUsualPort() { // 24
        SharedRuntime.Lease runtime = SharedRuntime.lease();
        Machine machine = new Machine(name -> null, "Linux", Path.of("/nowhere"), URI.create("http://localhost:1"));
        ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
        ArcSource arc = new Hosts(runtime, null, time, Schedulers.parallel(), machine, ManagedIdentityId.SYSTEM, Position.ALONE).arc();
        assertThat(arc.attempt(ResourceRequest.of(TokenRequestContext.of("https://a/.default"))).toFuture())
                .as("nobody listens there on this machine").failsWithin(Duration.ofSeconds(20))
                .withThrowableThat().withMessageContaining("127.0.0.1:40342");
        runtime.release();
    }
}
