package dev.monocred.internal.process;

import java.lang.ProcessBuilder.Redirect;
import reactor.core.publisher.MonoSink;

/**
 * A program that may live on: {@code xdg-open} becomes the browser where none runs yet, and ends with it, hours later. It is
 * watched for as long as a failure takes to show, and then left alone. With pipes of ours it would die of writing to them
 * once we are gone.
 */
final class Launch extends Run {

    Launch(Command command, ProcessRunner runner, MonoSink<ProcessResult> sink) {
        super(command, runner, sink);
    }

    @Override
    void redirect(ProcessBuilder builder) {
        builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
    }

    @Override
    void timeOut() {
        finish(0);
    }

    @Override
    void end(Process process) {
        // It is the person's now.
    }
}
