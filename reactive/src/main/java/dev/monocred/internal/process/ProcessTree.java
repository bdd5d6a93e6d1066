package dev.monocred.internal.process;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A started program with everything that it started. */
final class ProcessTree {

    private static final long ASKED_NICELY = 500;
    private static final long KILLED = 2_000;

    private ProcessTree() {}

    /**
     * Leaves nothing of a program: the pipes are closed, and if it still runs, it and what it started are asked to end and
     * then killed. Blocks for 2.5 s at most. What outlives a program that ended by itself is left alone: it is meant to.
     */
    static void end(Process process) {
        try {
            if (process.isAlive()) {
                kill(process);
            }
        } finally {
            closeQuietly(process.getInputStream());
            closeQuietly(process.getErrorStream());
            closeQuietly(process.getOutputStream());
        }
    }

    /** Looks first: a dead parent has no descendants any more, they live on as somebody else's (S-7). */
    private static void kill(Process process) {
        List<ProcessHandle> below = new ArrayList<>(process.descendants().toList());
        process.destroy();
        below.forEach(ProcessHandle::destroy);
        boolean interrupted = !await(process, ASKED_NICELY);
        below.addAll(process.descendants().toList());
        below.addAll(below.stream().flatMap(ProcessHandle::descendants).toList());
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        if (!interrupted) {
            interrupted = !await(process, KILLED);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean await(Process process, long millis) {
        try {
            // Whether it ended in time does not matter: either way the next step comes.
            boolean unused = process.waitFor(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static void closeQuietly(Closeable pipe) {
        try {
            pipe.close();
        } catch (IOException e) {
            // There is nobody to tell, and nothing left to do.
        }
    }
}
