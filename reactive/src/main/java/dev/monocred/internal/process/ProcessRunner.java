package dev.monocred.internal.process;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Runs programs. One worker does everything that may block for one program: it looks for it, starts it, reads it and, if
 * need be, kills it; so there are never more programs than workers, in order of asking (S-3, S-9). Immutable.
 *
 * <p>Whoever waits is told at the deadline, and cancelling returns at once; the worker kills the whole tree of processes
 * behind that, and takes up the next program only then.
 */
public final class ProcessRunner {

    private final Supplier<Scheduler> workers;
    private final Scheduler timer;
    private final Executables executables;

    /**
     * Puts a runner on threads.
     *
     * @param workers gives threads that may block; as many programs run at a time as there are threads
     * @param timer for deadlines
     * @param executables where programs are looked for
     */
    public ProcessRunner(Supplier<Scheduler> workers, Scheduler timer, Executables executables) {
        this.workers = workers;
        this.timer = timer;
        this.executables = executables;
    }

    /**
     * Runs a program. Nothing happens before subscription; each subscription is a process. The timeout counts from the
     * start, not while the program waits for a worker.
     *
     * @param command what to run
     * @return how it ended, whatever its exit status, emitted on {@link Schedulers#parallel()}; fails with
     *     {@link ProcessFailure} if it did not end by itself
     */
    public Mono<ProcessResult> run(Command command) {
        return scheduled(sink -> new Run(command, this, sink));
    }

    /**
     * Starts a program that may outlive us and is never killed, such as a browser: what it writes goes nowhere. Nothing
     * happens before subscription; each subscription is a process, which cancelling does not end.
     *
     * @param command what to start, and for how long to watch whether it fails
     * @return its exit status and no output, or status 0 if it still runs after the timeout, emitted on
     *     {@link Schedulers#parallel()}; fails with {@link ProcessFailure} if it could not be started
     */
    public Mono<ProcessResult> launch(Command command) {
        return scheduled(sink -> new Launch(command, this, sink));
    }

    private Mono<ProcessResult> scheduled(Function<MonoSink<ProcessResult>, Run> runs) {
        return Mono.<ProcessResult>create(sink -> {
            Run run = runs.apply(sink);
            sink.onDispose(run::abandon);
            try {
                workers.get().schedule(run);
            } catch (RejectedExecutionException e) {
                run.fail(ProcessFailure.Reason.SATURATED, "too many other programs are waiting to be run", e);
            }
        }).publishOn(Schedulers.parallel());
    }

    Scheduler timer() {
        return timer;
    }

    Executables executables() {
        return executables;
    }

    /** The list for {@link ProcessBuilder}; on POSIX there is no shell and nothing to quote. */
    List<String> commandLine(String program, List<String> arguments) {
        String systemRoot = executables.systemRoot();
        if (executables.isWindows() && systemRoot != null) {
            return WindowsCommandLine.of(systemRoot, program, arguments);
        }
        return Stream.concat(Stream.of(program), arguments.stream()).toList();
    }
}
