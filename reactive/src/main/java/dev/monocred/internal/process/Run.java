package dev.monocred.internal.process;

import dev.monocred.internal.process.ProcessFailure.Reason;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.MonoSink;

/**
 * One program from start to end, on one worker, which asks instead of waiting: a read of a pipe that a grandchild keeps
 * open is released by nothing, neither an interrupt, nor closing, nor the child's death (S-3). Whichever of result, failure,
 * deadline and cancel comes first ends the run; the worker sees that within 20 ms, and kills what is left.
 */
class Run implements Runnable {

    /** No token comes near it (S-5). */
    private static final int MAX_OUTPUT = 1024 * 1024;
    /** A program this talkative will not come to an end (S-5). */
    private static final long MAX_ERROR_OUTPUT = 16L * 1024 * 1024;
    private static final int SHORTEST_POLL = 2;
    private static final int LONGEST_POLL = 20;

    private final Command command;
    private final ProcessRunner runner;
    private final MonoSink<ProcessResult> sink;
    private final AtomicBoolean over = new AtomicBoolean();

    private final byte[] buffer = new byte[16 * 1024];
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Excerpt errorOutput = new Excerpt();

    Run(Command command, ProcessRunner runner, MonoSink<ProcessResult> sink) {
        this.command = command;
        this.runner = runner;
        this.sink = sink;
    }

    /** Nobody waits any more. */
    void abandon() {
        over.set(true);
    }

    void fail(Reason reason, String clause, @Nullable Throwable cause) {
        if (over.compareAndSet(false, true)) {
            sink.error(new ProcessFailure(reason, clause, cause));
        }
    }

    @Override
    public void run() {
        if (over.get()) {
            return;
        }
        try {
            executeInTime();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(Reason.INTERRUPTED, "Monocred's process threads were shut down", e);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // The error too: it also means that there can be no more threads, and each process needs one.
            fail(Reason.NOT_STARTED, "it could not be run", e);
        }
    }

    private void executeInTime() throws IOException, InterruptedException {
        Disposable deadline = runner.timer().schedule(this::timeOut, command.timeout().toNanos(), TimeUnit.NANOSECONDS);
        try {
            execute();
        } finally {
            deadline.dispose();
        }
    }

    void timeOut() {
        fail(Reason.TIMED_OUT, "it did not answer within " + inWords(command.timeout()), null);
    }

    private static String inWords(Duration timeout) {
        return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
    }

    private void execute() throws IOException, InterruptedException {
        Executables executables = runner.executables();
        String program = executables.find(command.program());
        String directory = executables.workingDirectory();
        if (program == null) {
            fail(Reason.NOT_FOUND, "it was not found on PATH nor where its installers put it", null);
        } else if (directory == null) {
            fail(Reason.NOT_FOUND, "the variable SystemRoot is not set, so there is no safe folder to run it in", null);
        } else {
            Process process = start(program, directory);
            if (process != null) {
                try {
                    tell(process);
                    attend(process);
                } finally {
                    end(process);
                }
            }
        }
    }

    /** Leaves nothing behind. */
    void end(Process process) {
        ProcessTree.end(process);
    }

    private @Nullable Process start(String program, String directory) {
        try {
            return builder(program, directory).start();
        } catch (IOException e) {
            // The text differs between JDKs: look again instead of reading it (S-10).
            if (runner.executables().isExecutable(program)) {
                fail(Reason.NOT_STARTED, "the system could not start it", e);
            } else {
                fail(Reason.NOT_FOUND, "it is gone or may not be executed", e);
            }
            return null;
        }
    }

    private ProcessBuilder builder(String program, String directory) {
        boolean windows = runner.executables().isWindows();
        ProcessBuilder builder = new ProcessBuilder(runner.commandLine(program, command.arguments()));
        builder.directory(new File(directory));
        if (command.input().length == 0) {
            // An open pipe makes a program ask something, and wait for the answer (S-2).
            builder.redirectInput(Redirect.from(new File(windows ? "NUL" : "/dev/null")));
        }
        change(builder.environment(), windows);
        redirect(builder);
        return builder;
    }

    /** Output and errors are read, each for itself. */
    void redirect(ProcessBuilder builder) {}

    private void change(Map<String, String> variables, boolean windows) {
        command.environment().forEach((name, value) -> {
            if (windows) {
                variables.keySet().removeIf(name::equalsIgnoreCase);
            }
            if (value.isEmpty()) {
                variables.remove(name);
            } else {
                variables.put(name, value);
            }
        });
    }

    /** Fits into any pipe, so this never waits; then the pipe is closed, so the program does not wait either. */
    private void tell(Process process) {
        if (command.input().length > 0) {
            try (OutputStream input = process.getOutputStream()) {
                input.write(command.input());
            } catch (IOException notRead) {
                // It ended, or closed its input, without reading: its exit status tells what it made of that.
            }
        }
    }

    /** Never waits before reading (the pipe may be full), never reads before knowing that there is something (S-4). */
    private void attend(Process process) throws IOException, InterruptedException {
        int poll = SHORTEST_POLL;
        while (!over.get()) {
            boolean moved = drain(process);
            if (process.waitFor(poll, TimeUnit.MILLISECONDS)) {
                while (!over.get() && drain(process)) {
                    // What it wrote last; whoever else keeps the pipe open is not waited for.
                }
                finish(process.exitValue());
                return;
            }
            poll = moved ? SHORTEST_POLL : Math.min(2 * poll, LONGEST_POLL);
        }
    }

    private boolean drain(Process process) throws IOException {
        int outputLength = read(process.getInputStream());
        output.write(buffer, 0, outputLength);
        int errorLength = read(process.getErrorStream());
        errorOutput.add(buffer, errorLength);
        if (output.size() > MAX_OUTPUT) {
            fail(Reason.TOO_MUCH_OUTPUT, "it wrote more than 1 MiB", null);
        } else if (errorOutput.total() > MAX_ERROR_OUTPUT) {
            fail(Reason.TOO_MUCH_OUTPUT, "it wrote more than 16 MiB of errors", null);
        }
        return outputLength + errorLength > 0;
    }

    private int read(InputStream pipe) throws IOException {
        int there = Math.min(pipe.available(), buffer.length);
        return there <= 0 ? 0 : Math.max(0, pipe.read(buffer, 0, there));
    }

    void finish(int exitCode) {
        if (over.compareAndSet(false, true)) {
            sink.success(new ProcessResult(exitCode, output.toByteArray(), errorOutput.bytes(),
                    runner.executables().nativeCharset()));
        }
    }

    @Override
    public String toString() {
        return "Run[" + command + ", over=" + over + "]";
    }
}
