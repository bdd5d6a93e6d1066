package dev.monocred.internal.process;

import static dev.monocred.internal.process.Processes.await;
import static dev.monocred.internal.process.Processes.running;
import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monocred.internal.process.ProcessFailure.Reason;
import dev.monocred.testing.FakeTool;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedToolRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The runner on real processes. A manual clock drives deadlines: a test that does not move it never times out. */
class ProcessRunnerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
    private final Scheduler workers = Processes.workers(4, 1_000);
    private FakeTool tool;

    @BeforeEach
    void makeTool() {
        tool = FakeTool.named("tool");
    }

    @AfterEach
    void end() {
        tool.close();
        workers.dispose();
    }

    private static Program program(String name) {
        return new Program(name, List.of(name), List.of(), List.of(), List.of());
    }

    private static Command command(String... arguments) {
        return new Command(program("tool"), List.of(arguments), Map.of(), TIMEOUT);
    }

    private Mono<ProcessResult> run(Scheduler workers, Command command) {
        return new ProcessRunner(() -> workers, time.scheduler(), Executables.ofThisMachine(tool.environment()::apply)).run(command);
    }

    private Mono<ProcessResult> run(String... arguments) {
        return run(workers, command(arguments));
    }

    private static ProcessResult result(Mono<ProcessResult> run) {
        ProcessResult result = run.block(Processes.LIMIT);
        assertThat(result).isNotNull();
        return result;
    }

    private static ProcessFailure failure(Mono<ProcessResult> run) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        run.doOnError(failure::set).onErrorComplete().block(Processes.LIMIT);
        assertThat(failure.get()).isInstanceOf(ProcessFailure.class);
        return (ProcessFailure) failure.get();
    }

    @Test
    void whatIsToldReachesTheProgramAndTheInputEndsThere() throws IOException {
        tool.does(nothing().echoesInput());
        byte[] secret = "invented\u00e9".getBytes(StandardCharsets.UTF_8);

        ProcessResult result = result(run(workers, new Command(program("tool"), List.of(), Map.of(), TIMEOUT, secret)));

        assertThat(result.outputText()).isEqualTo("invented\u00e9");
        assertThat(tool.runs().get(0).arguments()).as("nothing on the command line").isEmpty();
    }

    @Test
    void aProgramThatDoesNotReadItsInputStillGivesItsResult() {
        Command deaf = new Command(program("tool"), List.of(), Map.of(), TIMEOUT, new byte[4096]);

        assertThat(result(run(workers, deaf)).exitCode()).isZero();
    }

    @Test
    void moreInputThanAnyPipeHoldsIsRefused() {
        assertThatThrownBy(() -> new Command(program("tool"), List.of(), Map.of(), TIMEOUT, new byte[4097]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("4097");
    }

    @Test
    void nothingRunsBeforeSubscription() {
        Mono<ProcessResult> unsubscribed = run();
        assertThat(tool.runCount()).isZero();
        result(unsubscribed);
        result(unsubscribed);
        assertThat(tool.runCount()).as("each subscription is a process").isEqualTo(2);
    }

    @Test
    void givesBothStreamsApartAndTheStatus() {
        tool.does(nothing().prints("out\n").complains("err\n").exits(3));
        ProcessResult result = result(run());
        assertThat(result.outputText()).isEqualTo("out\n");
        assertThat(result.errorText()).isEqualTo("err\n");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.toString()).doesNotContain("out\n", "err\n");
    }

    @Test
    void noShellReadsTheArguments() {
        String[] arguments = {"a b", "$HOME", "`id`", ";ls", "*", "", "\"'\\", "ü", "-x\n-y"};
        result(run(arguments));
        assertThat(tool.runs()).singleElement().extracting(RecordedToolRun::arguments).isEqualTo(List.of(arguments));
    }

    @Test
    void runsInASystemFolderWithTheInheritedEnvironmentAndTheChanges() throws IOException {
        Map<String, String> changes = Map.of("MONOCRED_ADDED", "a=b c", "HOME", "");
        result(run(workers, new Command(program("tool"), List.of(), changes, TIMEOUT)));

        RecordedToolRun run = tool.runs().get(0);
        assertThat(run.workingDirectory()).isEqualTo(Path.of("/bin").toRealPath().toString());
        assertThat(run.environment()).containsEntry("MONOCRED_ADDED", "a=b c").doesNotContainKey("HOME")
                .containsEntry("PATH", System.getenv("PATH"));
    }

    @Test
    void aProgramThatReadsItsInputSeesTheEnd() {
        tool.does(nothing().echoesInput().prints("done"));
        assertThat(result(run()).outputText()).isEqualTo("done");
    }

    @Test
    void readsBothStreamsWhileTheProgramRuns() {
        tool.does(nothing().floods(1_000_000).floodsErrors(200_000).prints("end"));
        ProcessResult result = result(run());
        assertThat(result.output()).hasSize(1_000_003);
        assertThat(result.errorOutput()).as("head, gap and tail").hasSize(12 * 1024 + "\n…\n".getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void killsWhatWritesMoreThanAMegabyte() {
        tool.does(nothing().floods(Long.MAX_VALUE));
        ProcessFailure failure = failure(run());
        assertThat(failure.reason()).isEqualTo(Reason.TOO_MUCH_OUTPUT);
        assertThat(failure).hasMessage("it wrote more than 1 MiB");
        awaitNobodySurvives();
    }

    @Test
    void killsWhatComplainsEndlessly() {
        tool.does(nothing().floodsErrors(Long.MAX_VALUE));
        assertThat(failure(run()).reason()).isEqualTo(Reason.TOO_MUCH_OUTPUT);
        awaitNobodySurvives();
    }

    @Test
    void aChildThatKeepsThePipesOpenIsNotWaitedFor() {
        tool.does(nothing().prints("before").leavesChildBehind().prints("after"));
        assertThat(result(run()).outputText()).isEqualTo("beforeafter");
        List<Long> pids = tool.runs().get(0).processIds();
        assertThat(running(pids)).as("what outlives a program that ended by itself is left alone").hasSize(1);
        ProcessHandle.of(pids.get(1)).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aProgramThatIsMissingIsNotFound() {
        ProcessFailure failure = failure(run(workers, new Command(program("absent"), List.of(), Map.of(), TIMEOUT)));
        assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(failure).hasMessageContaining("not found on PATH");
    }

    @Test
    void whatMayNotBeExecutedIsPassedBy(@TempDir Path second) throws IOException {
        Files.setPosixFilePermissions(tool.folder().resolve("tool"), PosixFilePermissions.fromString("rw-------"));
        assertThat(failure(run()).reason()).isEqualTo(Reason.NOT_FOUND);

        Files.delete(tool.folder().resolve("tool"));
        Files.createDirectory(tool.folder().resolve("tool"));
        assertThat(failure(run()).reason()).as("a folder of that name").isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void aFileThatIsNoProgramCannotBeStarted() throws IOException {
        Path file = tool.folder().resolve("broken");
        Files.writeString(file, "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        assertThat(failure(run(workers, new Command(program("broken"), List.of(), Map.of(), TIMEOUT))).reason())
                .isEqualTo(Reason.NOT_STARTED);
    }

    @Test
    void whereNoFolderIsSafeNothingRuns() {
        Executables windows = new Executables(true, name -> name.equals("PATH") ? "C:\\tools" : null, new Executables.FileCheck() {
            @Override
            public boolean isExecutable(String path) {
                return true;
            }

            @Override
            public boolean isDirectory(String path) {
                return true;
            }
        });
        Program program = new Program("tool", List.of("tool"), List.of(), List.of("tool.exe"), List.of());
        ProcessFailure failure = failure(new ProcessRunner(() -> workers, time.scheduler(), windows)
                .run(new Command(program, List.of(), Map.of(), TIMEOUT)));
        assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(failure).hasMessageContaining("SystemRoot");
    }

    @Test
    void aTimerThatIsShutDownIsAnErrorAndNotAHang() {
        Scheduler timer = Processes.workers(1, 1);
        timer.dispose();
        assertThat(failure(new ProcessRunner(() -> workers, timer, Executables.ofThisMachine(tool.environment()::apply))
                .run(command())).reason()).isEqualTo(Reason.NOT_STARTED);
    }

    @Test
    void aPathWithSpacesAndSpecialCharactersWorks(@TempDir Path temporary) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("R&D $(tools)"));
        Path file = Files.writeString(folder.resolve("tool"), "#!/bin/sh\necho fine\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        ProcessRunner runner = new ProcessRunner(() -> workers, time.scheduler(),
                Executables.ofThisMachine(name -> name.equals("PATH") ? folder.toString() : null));
        assertThat(result(runner.run(command())).outputText()).isEqualTo("fine\n");
    }

    @Test
    void bytesThatAreNoTextDoNotHarm() {
        tool.does(nothing().prints(new byte[] {'a', 0, (byte) 0xFE, (byte) 0xC3, 'b', '\\', '\''}));
        assertThat(result(run()).output()).containsExactly('a', 0, 0xFE, 0xC3, 'b', '\\', '\'');
    }

    @Test
    void aKilledProgramHasAStatusAbove128() {
        tool.does(nothing().isKilled());
        assertThat(result(run()).exitCode()).isEqualTo(137);
    }

    @Test
    void theTimeoutIsToldAtTheDeadlineAndTheWholeTreeDiesBehindIt() {
        tool.does(nothing().ignoresTermination().startsTree().prints("{}").hangs());
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        AtomicReference<List<Long>> survivors = new AtomicReference<>(List.of());
        Disposable waiting = run().subscribe(result -> {}, error -> {
            survivors.set(running(tool.runs().get(0).processIds()));
            failure.set(error);
        });
        tool.awaitRuns(1);
        await("the tree", () -> tool.runs().get(0).processIds().size() == 3);

        time.advance(TIMEOUT.minusMillis(1));
        assertThat(waiting.isDisposed()).as("before the deadline").isFalse();
        time.advance(Duration.ofMillis(1));
        await("the failure", () -> failure.get() != null);

        assertThat(failure.get()).isInstanceOfSatisfying(ProcessFailure.class, timeout -> {
            assertThat(timeout.reason()).isEqualTo(Reason.TIMED_OUT);
            assertThat(timeout).hasMessage("it did not answer within 10 s");
        });
        assertThat(survivors.get()).as("told before anybody was killed: it ignores SIGTERM").hasSize(3);
        awaitNobodySurvives();
    }

    @Test
    void cancellingARunKillsIt() {
        tool.does(nothing().startsTree().hangs());
        Disposable waiting = run().subscribe();
        tool.awaitRuns(1);
        await("the tree", () -> tool.runs().get(0).processIds().size() == 3);
        waiting.dispose();
        awaitNobodySurvives();
        awaitNoWorker();
    }

    @Test
    void cancellingBeforeTheStartStartsNothing() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        Scheduler one = Processes.workers(1, 10);
        one.schedule(() -> Processes.await("the test", () -> busy.getCount() == 0));
        run(one, command()).subscribe().dispose();
        busy.countDown();
        result(run(one, command("second")));
        assertThat(tool.runs()).singleElement().extracting(RecordedToolRun::arguments).isEqualTo(List.of("second"));
        one.dispose();
    }

    @Test
    void noMoreProgramsRunThanThereAreWorkersAndTheRestComesInOrder() {
        tool.holds();
        List<Mono<ProcessResult>> runs = IntStream.range(0, 12).mapToObj(i -> run(String.valueOf(i))).toList();
        List<Disposable> waiting = runs.stream().map(Mono::subscribe).toList();
        tool.awaitRuns(4);
        assertThat(tool.runCount()).isEqualTo(4);
        time.advance(TIMEOUT.minusMillis(1));
        tool.releases();
        await("all", () -> waiting.stream().allMatch(Disposable::isDisposed));
        assertThat(tool.runCount()).as("waiting for a worker does not count against the timeout (S-6)").isEqualTo(12);
        assertThat(tool.runs().subList(0, 4)).extracting(run -> run.arguments().get(0)).containsExactlyInAnyOrder("0", "1", "2", "3");
    }

    @Test
    void aFullQueueIsAnErrorAndNotAHang() {
        tool.holds();
        Scheduler small = Processes.workers(1, 1);
        Disposable first = run(small, command()).subscribe();
        tool.awaitRuns(1);
        Disposable second = run(small, command()).subscribe();
        assertThat(failure(run(small, command())).reason()).isEqualTo(Reason.SATURATED);
        tool.releases();
        await("the others", () -> first.isDisposed() && second.isDisposed());
        small.dispose();
    }

    @Test
    void shuttingTheWorkersDownKillsWhatRuns() {
        tool.does(nothing().ignoresTermination().startsTree().hangs());
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        run().subscribe(result -> {}, failure::set);
        tool.awaitRuns(1);
        await("the tree", () -> tool.runs().get(0).processIds().size() == 3);
        workers.dispose();
        await("the failure", () -> failure.get() != null);
        assertThat(failure.get()).isInstanceOfSatisfying(ProcessFailure.class,
                interrupted -> assertThat(interrupted.reason()).isEqualTo(Reason.INTERRUPTED));
        awaitNobodySurvives();
    }

    @Test
    void resultsArriveOnAThreadThatIsNobodysWorker() {
        String thread = run().map(result -> Thread.currentThread().getName()).block(Processes.LIMIT);
        assertThat(thread).startsWith("parallel-");
    }

    @Test
    void aThousandRunsLeaveNothingBehind() {
        Command simple = new Command(program("true"), List.of(), Map.of(), TIMEOUT);
        ProcessRunner runner = new ProcessRunner(() -> workers, time.scheduler(),
                Executables.ofThisMachine(name -> name.equals("PATH") ? "/bin:/usr/bin" : null));
        runner.run(simple).block(Processes.LIMIT);
        awaitNoWorker();
        long pipes = Processes.pipes();

        Long ended = Flux.range(0, 1_000).flatMap(i -> runner.run(simple), 8).filter(result -> result.exitCode() == 0)
                .count().block(Duration.ofSeconds(60));

        assertThat(ended).isEqualTo(1_000);
        await("the pipes to be closed", () -> Processes.pipes() <= pipes);
        assertThat(Processes.zombies()).as("zombies").isZero();
        awaitNoWorker();
        await("the JVM's own thread for each process", () -> Processes.threads("process reaper").size() <= 1);
    }

    private void awaitNobodySurvives() {
        await("the end of " + tool.runs().get(0).processIds(),
                () -> running(tool.runs().get(0).processIds()).isEmpty());
    }

    /** Idle threads end (C-4). */
    private static void awaitNoWorker() {
        await("the workers to end", () -> Processes.threads("monocred-process-test").isEmpty());
    }
}
