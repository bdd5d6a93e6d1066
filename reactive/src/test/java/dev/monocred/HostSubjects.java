package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;

import dev.monocred.core.TokenCredential;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.testing.FakeAppService;
import dev.monocred.testing.FakeArc;
import dev.monocred.testing.FakeCloudShell;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.FakeMachineLearning;
import dev.monocred.testing.FakeServiceFabric;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** A managed identity on each host. Delays run on a scheduler of the caller's choice: the manual one has a lock. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
final class HostSubjects {

    private HostSubjects() {}

    static Subject imds(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeImds fake = FakeImds.start(time);
        return new HostSubject(time, credential(time, timer, fake.environment()), () -> fake.requests().size(),
                fake::holds, fake::releases, () -> fake.next(answers(401, "{\"error\":\"unknown_source\"}")), fake::close, List.of());
    }

    static Subject appService(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeAppService fake = FakeAppService.start(time);
        return new HostSubject(time, credential(time, timer, fake.environment()), () -> fake.requests().size(),
                fake::holds, fake::releases, () -> fake.next(answers(400, "{\"message\":\"no " + fake.secret() + "\"}")), fake::close,
                List.of(fake.secret()));
    }

    static Subject machineLearning(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeMachineLearning fake = FakeMachineLearning.start(time);
        String secret = String.valueOf(fake.environment().apply("MSI_SECRET"));
        return new HostSubject(time, credential(time, timer, fake.environment()), () -> fake.requests().size(),
                fake::holds, fake::releases, () -> fake.next(answers(400, "no " + secret)), fake::close, List.of(secret));
    }

    static Subject cloudShell(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeCloudShell fake = FakeCloudShell.start(time);
        return new HostSubject(time, credential(time, timer, fake.environment()), () -> fake.requests().size(),
                fake::holds, fake::releases, () -> fake.next(answers(400, "{}")), fake::close, List.of());
    }

    static Subject arc(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeArc fake = FakeArc.start(time);
        TokenCredential credential = ManagedIdentityCredential.builder().environment(fake.environment()).timeSource(time)
                .scheduler(timer.apply(time))
                .machine(variables -> new Machine(variables, "Linux", fake.root(), fake.root().toUri())).build();
        // Each acquisition begins without a key.
        return new HostSubject(time, credential,
                () -> (int) fake.requests().stream().filter(request -> request.header("Authorization") == null).count(),
                fake::holds, fake::releases, () -> fake.next(answers(400, "{}")), fake::close, List.of());
    }

    static Subject serviceFabric(Function<ManualTime, Scheduler> timer) {
        ManualTime time = time();
        FakeServiceFabric fake = FakeServiceFabric.start(time);
        String secret = String.valueOf(fake.environment().apply("IDENTITY_HEADER"));
        return new HostSubject(time, credential(time, timer, fake.environment()), () -> fake.requests().size(),
                fake::holds, fake::releases, () -> fake.next(answers(400, "no " + secret)), fake::close, List.of(secret));
    }

    private static ManualTime time() {
        return ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    }

    private static TokenCredential credential(ManualTime time, Function<ManualTime, Scheduler> timer,
            Function<String, @Nullable String> environment) {
        return ManagedIdentityCredential.builder().environment(environment).timeSource(time).scheduler(timer.apply(time)).build();
    }
}
