package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@Tag("blockhound")
class BlockHoundSetupTest {

    @BeforeAll
    static void blockHoundIsOn() {
        BlockHoundSetup.requireInstalled();
    }

    @Test
    void aRequestToTheFakeBlocksNoParallelThread() {
        try (FakeEntra entra = FakeEntra.start()) {
            Client client = new Client(entra);

            Integer status = Mono.defer(client::start).map(Client.Answer::status).subscribeOn(Schedulers.parallel())
                    .block(Duration.ofSeconds(20));

            assertThat(status).isEqualTo(200);
        }
    }
}
