package dev.monocred.internal.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What tests want to know about processes and threads of this machine. */
public final class Processes {

    /** Only something that never happens takes so long. */
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private Processes() {}

    /** Worker threads as the shared runtime makes them. */
    public static Scheduler workers(int threads, int queue) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 1, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, "monocred-process-test");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return Schedulers.fromExecutorService(pool, "monocred-process-test");
    }

    /** A zombie runs no longer, though {@link ProcessHandle#isAlive()} says otherwise where process 1 does not reap (S-8). */
    public static boolean isRunning(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    public static List<Long> running(List<Long> pids) {
        return pids.stream().filter(Processes::isRunning).toList();
    }

    /** Children of this JVM in state Z. */
    public static long zombies() {
        long self = ProcessHandle.current().pid();
        File[] all = new File("/proc").listFiles((folder, name) -> name.chars().allMatch(Character::isDigit));
        long zombies = 0;
        for (File process : all == null ? new File[0] : all) {
            try {
                String stat = Files.readString(process.toPath().resolve("stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                zombies += fields[0].equals("Z") && Long.parseLong(fields[1]) == self ? 1 : 0;
            } catch (IOException e) {
                // It ended meanwhile.
            }
        }
        return zombies;
    }

    /** The pipes that this JVM holds open: other tests' sockets and files do not count. */
    public static long pipes() {
        File[] all = new File("/proc/self/fd").listFiles();
        long pipes = 0;
        for (File descriptor : all == null ? new File[0] : all) {
            try {
                pipes += Files.readSymbolicLink(descriptor.toPath()).toString().startsWith("pipe:") ? 1 : 0;
            } catch (IOException e) {
                // It was closed meanwhile.
            }
        }
        return pipes;
    }

    public static Set<String> threads(String part) {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.contains(part))
                .collect(Collectors.toSet());
    }

    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for: " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
