package dev.monocred;

import static dev.monocred.testing.ToolScript.nothing;

import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import dev.monocred.testing.ToolScript;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A credential on a fake tool that gives another token in each run. */
final class ToolSubject implements Subject {

    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final int RUNS = 12;

    private final ManualTime time = ManualTime.startingAt(START);
    private final FakeTool tool;
    private final TokenCredential credential;
    private final @Nullable TimeSource otherTime;

    private ToolSubject(FakeTool tool, @Nullable TimeSource otherTime, BiFunction<String, Instant, ToolScript> token,
            Function<ToolSubject, TokenCredential> credential) {
        this.tool = tool;
        this.otherTime = otherTime;
        this.credential = credential.apply(this);
        tool.next(IntStream.rangeClosed(1, RUNS)
                .mapToObj(i -> token.apply("token-" + i, START.plus(Duration.ofHours(i)))).toArray(ToolScript[]::new));
    }

    static ToolSubject azureCli() {
        return azureCli(null);
    }

    /** On a clock of its own and the real scheduler. */
    static ToolSubject azureCli(@Nullable TimeSource time) {
        return new ToolSubject(FakeTool.named("az"), time, ToolScript::azureCliToken,
                subject -> subject.settings(AzureCliCredential.builder()).build());
    }

    static ToolSubject azureDeveloperCli() {
        return azureDeveloperCli(null);
    }

    /** On a clock of its own and the real scheduler. */
    static ToolSubject azureDeveloperCli(@Nullable TimeSource time) {
        return new ToolSubject(FakeTool.named("azd"), time, ToolScript::azureDeveloperCliToken,
                subject -> subject.settings(AzureDeveloperCliCredential.builder()).build());
    }

    static ToolSubject azurePowerShell() {
        return azurePowerShell(null);
    }

    /** On a clock of its own and the real scheduler. */
    static ToolSubject azurePowerShell(@Nullable TimeSource time) {
        return new ToolSubject(FakeTool.named("pwsh"), time,
                (token, end) -> nothing().prints("monocred%" + token + "%" + end.getEpochSecond() + "\n"),
                subject -> subject.settings(AzurePowerShellCredential.builder()).build());
    }

    private <B extends ToolCredentialBuilder<B>> B settings(B builder) {
        builder.environment(tool.environment());
        return otherTime != null ? builder.timeSource(otherTime) : builder.timeSource(time).scheduler(time.scheduler());
    }

    FakeTool tool() {
        return tool;
    }

    @Override
    public TokenCredential credential() {
        return credential;
    }

    @Override
    public ManualTime time() {
        return time;
    }

    @Override
    public int upstreamRequests() {
        return tool.runCount();
    }

    @Override
    public void holdAnswers() {
        tool.holds();
    }

    @Override
    public void releaseAnswers() {
        tool.releases();
    }

    @Override
    public void refuseNext() {
        tool.next(nothing().complains("ERROR: AADSTS50076: invented refusal").exits(1));
    }

    @Override
    public void close() {
        credential.close().block(Duration.ofSeconds(20));
        tool.close();
    }
}
