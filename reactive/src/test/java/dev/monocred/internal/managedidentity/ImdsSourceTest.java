package dev.monocred.internal.managedidentity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.oauth.RawAnswer;
import dev.monocred.internal.runtime.SharedRuntime;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What all credentials of a process know together about the metadata service. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class ImdsSourceTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeImds imds = FakeImds.start(time);
    private final SharedRuntime.Lease one = SharedRuntime.lease();
    private final SharedRuntime.Lease other = SharedRuntime.lease();

    @AfterEach
    void close() {
        one.release();
        other.release();
        imds.close();
    }

    private ImdsSource source(SharedRuntime.Lease lease, Position position) {
        return new Hosts(lease, null, time, time.scheduler(),
                new Machine(name -> null, "Linux", Path.of("/nowhere"), imds.base()), ManagedIdentityId.SYSTEM, position).imds();
    }

    /** Two requests that are not answered yet. */
    private List<CompletableFuture<RawAnswer>> twoUnderWay() {
        imds.holds();
        List<CompletableFuture<RawAnswer>> both = IntStream.range(0, 2).mapToObj(i -> source(one, Position.ALONE)
                .attempt(ResourceRequest.of(TokenRequestContext.of("https://r" + i + "/.default"))).toFuture()).toList();
        imds.awaitRequests(2);
        return both;
    }

    @Test
    void aQuestionWaitsForTheTwoThatAskAndNoLongerThanASecond() { // N-10, 3.4
        twoUnderWay();
        CompletableFuture<Void> question = source(other, Position.IN_CHAIN).prepare().toFuture();
        time.advance(Duration.ofMillis(999));
        assertThat(question).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(question).failsWithin(LIMIT).withThrowableThat().withCauseInstanceOf(CredentialUnavailableException.class);
        assertThat(imds.requests()).hasSize(2);
    }

    @Test
    void anAnswerToAnybodyAnswersTheQuestion() { // 3.4
        List<CompletableFuture<RawAnswer>> both = twoUnderWay();
        CompletableFuture<Void> question = source(other, Position.IN_CHAIN).prepare().toFuture();
        imds.releases();
        assertThat(question).succeedsWithin(LIMIT);
        assertThat(both).allSatisfy(each -> assertThat(each).succeedsWithin(LIMIT));
        assertThat(source(other, Position.IN_CHAIN).prepare().toFuture()).isDone();
        assertThat(imds.requests()).hasSize(2);
    }

    @Test
    void aHundredQuestionsOfAMachineWithoutTheServiceEndTogether() { // 3.4
        imds.holds();
        ImdsSource source = source(one, Position.IN_CHAIN);
        List<CompletableFuture<Void>> questions = IntStream.range(0, 100).mapToObj(i -> source.prepare().toFuture()).toList();
        imds.awaitRequests(2);
        time.advance(Duration.ofSeconds(1));
        assertThat(questions).allSatisfy(each -> assertThat(each).failsWithin(LIMIT));
        assertThat(imds.maxConcurrentRequests()).isLessThanOrEqualTo(2);
    }
}
