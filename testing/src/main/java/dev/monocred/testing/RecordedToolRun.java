package dev.monocred.testing;

import java.util.List;
import java.util.Map;

/** How a {@link FakeTool} was run once. Immutable; prints no value of a variable. */
public final class RecordedToolRun {

    private final List<String> arguments;
    private final Map<String, String> environment;
    private final String workingDirectory;
    private final List<Long> processIds;

    RecordedToolRun(List<String> arguments, Map<String, String> environment, String workingDirectory, List<Long> processIds) {
        this.arguments = List.copyOf(arguments);
        this.environment = Map.copyOf(environment);
        this.workingDirectory = workingDirectory;
        this.processIds = List.copyOf(processIds);
    }

    /**
     * What it was told.
     *
     * @return the arguments, without the program's name
     */
    public List<String> arguments() {
        return arguments;
    }

    /**
     * What it found in its environment.
     *
     * @return the variables
     */
    public Map<String, String> environment() {
        return environment;
    }

    /**
     * Where it ran.
     *
     * @return an absolute path, free of symbolic links
     */
    public String workingDirectory() {
        return workingDirectory;
    }

    /**
     * Itself and the processes that its script started, as far as they had started when this was asked.
     *
     * @return process ids, its own first
     */
    public List<Long> processIds() {
        return processIds;
    }

    @Override
    public String toString() {
        return "RecordedToolRun[arguments=" + arguments + ", workingDirectory=" + workingDirectory + "]";
    }
}
