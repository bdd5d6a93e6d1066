package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command-line tool on this machine: a real executable, a POSIX shell script in a folder of its own, that does what its
 * {@link ToolScript} says and records how it was run.
 *
 * <p>Script, run, verify:
 *
 * <pre>{@code
 * try (FakeTool az = FakeTool.named("az")) {
 *     TokenCredential credential = AzureCliCredential.builder().environment(az.environment()).build();
 *
 *     az.does(azureCliToken("invented", Instant.now().plusSeconds(3600)));  // script
 *     credential.getToken("https://vault.azure.net/.default").block();      // run
 *     assertThat(az.runs()).singleElement()                                 // verify
 *             .extracting(RecordedToolRun::arguments).asList().contains("https://vault.azure.net");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Only for systems with a POSIX shell. Closing deletes the folder; processes that a
 * script left behind end by themselves within a minute.
 */
public final class FakeTool implements AutoCloseable {

    /** Far more than a process needs to start, so only a run that never comes takes this long. */
    private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 5;

    private final String name;
    private final Path folder;
    private final Path notes;

    private FakeTool(String name, Path folder) {
        this.name = name;
        this.folder = folder;
        this.notes = folder.resolve(name + ".notes");
    }

    /**
     * Makes a tool in a new folder. Until it is told otherwise it does nothing, successfully.
     *
     * @param name the name of its file, for example {@code az}
     * @return the tool
     */
    public static FakeTool named(String name) {
        try {
            return in(Files.createTempDirectory("monocred-tool"), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes one more tool, beside this one.
     *
     * @param name the name of its file
     * @return the other tool; it goes when this one is closed
     */
    public FakeTool beside(String name) {
        return in(folder, name);
    }

    private static FakeTool in(Path folder, String name) {
        FakeTool tool = new FakeTool(name, folder);
        try {
            Files.createDirectories(tool.notes.resolve("runs"));
            Files.createDirectories(tool.notes.resolve("next"));
            tool.does(ToolScript.nothing());
            Path file = Files.writeString(folder.resolve(name), tool.program());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tool;
    }

    /**
     * A run takes the first free number, writes down how it was called, then does what is scripted for its number or else
     * what it always does. Its own PATH is the one of the test, because the one it gets may hold nothing but itself.
     */
    private String program() {
        return String.join("\n", "#!/bin/sh",
                "tool=" + ToolScript.quoted(notes.toString()),
                "variables=$(/usr/bin/env -0 | /usr/bin/tr '\\000\\n' '\\n\\001')",
                "PATH=" + ToolScript.quoted(String.valueOf(System.getenv("PATH"))),
                "n=1; while ! mkdir \"$tool/runs/$n\" 2>/dev/null; do n=$((n+1)); done",
                "run=\"$tool/runs/$n\"",
                "printf '%s\\n' \"$variables\" >\"$run/variables\"",
                "for argument in \"$@\"; do printf '%s\\0' \"$argument\"; done >\"$run/arguments\"",
                "pwd -P >\"$run/directory\"",
                "echo $$ >\"$run/pids\"",
                ": >\"$run/started\"",
                "while [ -e \"$tool/held\" ]; do sleep 0.01; done",
                "if [ -e \"$tool/next/$n\" ]; then . \"$tool/next/$n\"; else . \"$tool/always\"; fi",
                "");
    }

    /**
     * Sets what the tool does, unless {@link #next(ToolScript...)} says otherwise.
     *
     * @param script the steps
     * @return this tool
     */
    public FakeTool does(ToolScript script) {
        write("always", script.shell());
        return this;
    }

    /**
     * Sets what the tool does when one of its arguments is this one, and what otherwise.
     *
     * @param argument the argument, for example a tenant
     * @param then the steps if it is there
     * @param otherwise the steps if not
     * @return this tool
     */
    public FakeTool does(String argument, ToolScript then, ToolScript otherwise) {
        write("always", "asked=\nfor argument in \"$@\"; do if [ \"$argument\" = " + ToolScript.quoted(argument)
                + " ]; then asked=yes; fi; done\nif [ $asked ]; then\n:\n" + then.shell() + "else\n:\n" + otherwise.shell() + "fi\n");
        return this;
    }

    /**
     * Scripts the next runs, one each, in the order of their starts. Call it while no run is about to start.
     *
     * @param scripts the steps of each
     * @return this tool
     */
    public FakeTool next(ToolScript... scripts) {
        int first = runCount() + 1;
        IntStream.range(0, scripts.length).forEach(i -> write("next/" + (first + i), scripts[i].shell()));
        return this;
    }

    /**
     * Holds every run back from now on: it is started and recorded, and does nothing yet.
     *
     * @return this tool
     */
    public FakeTool holds() {
        write("held", "");
        return this;
    }

    /**
     * Lets the runs go on that are held back, and holds none any longer.
     *
     * @return this tool
     */
    public FakeTool releases() {
        delete(notes.resolve("held"));
        return this;
    }

    /**
     * The folder that holds the tool and nothing else to run.
     *
     * @return its absolute path
     */
    public Path folder() {
        return folder;
    }

    /**
     * The variables of this JVM, but with a PATH and a home directory that are this tool's folder: what a credential's
     * {@code environment} takes.
     *
     * @return a lookup, which answers {@code null} for a variable that is not set
     */
    public Function<String, @Nullable String> environment() {
        return variable -> switch (variable) {
            case "PATH", "HOME" -> folder.toString();
            case "AZURE_CONFIG_DIR", "AZD_CONFIG_DIR" -> null;
            default -> System.getenv(variable);
        };
    }

    /**
     * How often the tool was started.
     *
     * @return the number
     */
    public int runCount() {
        return numbers().size();
    }

    /**
     * How the tool was started, each time.
     *
     * @return the runs in the order of their starts; a snapshot
     */
    public List<RecordedToolRun> runs() {
        return numbers().stream().map(this::run).toList();
    }

    /**
     * Waits until the tool was started so many times.
     *
     * @param count how many, since it was made
     * @return this tool
     * @throws AssertionError if that has not come after 20 s
     */
    public FakeTool awaitRuns(int count) {
        long deadline = System.nanoTime() + ARRIVAL_LIMIT.toNanos();
        while (runCount() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited for " + count + " runs of " + name + "; there came " + runs());
            }
            pause();
        }
        return this;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for runs", e);
        }
    }

    private List<Integer> numbers() {
        try (Stream<Path> all = Files.list(notes.resolve("runs"))) {
            return all.filter(run -> Files.exists(run.resolve("started")))
                    .map(run -> Integer.valueOf(run.getFileName().toString())).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RecordedToolRun run(int number) {
        Path run = notes.resolve("runs").resolve(String.valueOf(number));
        return new RecordedToolRun(split(read(run.resolve("arguments")), "\0"), variables(read(run.resolve("variables"))),
                read(run.resolve("directory")).strip(),
                split(read(run.resolve("pids")), "\n").stream().map(Long::valueOf).toList());
    }

    private static Map<String, String> variables(String lines) {
        Map<String, String> variables = new HashMap<>();
        for (String line : split(lines, "\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                variables.put(line.substring(0, equals), line.substring(equals + 1).replace('\u0001', '\n'));
            }
        }
        return variables;
    }

    /** Each part ends with the separator; an empty part is a part. */
    private static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>(Arrays.asList(text.split(separator, -1)));
        parts.remove(parts.size() - 1);
        return parts;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A run that starts meanwhile sees the old script or the new one. */
    private void write(String file, String text) {
        requireNonNull(text, "text");
        try {
            Path unfinished = Files.writeString(notes.resolve(file + ".new"), text, StandardCharsets.UTF_8);
            Files.move(unfinished, notes.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the folder with everything in it. */
    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(FakeTool::delete);
        } catch (IOException | UncheckedIOException e) {
            // A process that was left behind may still write: what stays is a folder for temporary files.
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "FakeTool[" + name + " in " + folder + ", runs=" + runCount() + "]";
    }
}
