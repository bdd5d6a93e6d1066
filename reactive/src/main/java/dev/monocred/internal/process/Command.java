package dev.monocred.internal.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What to run. Immutable; prints no argument and no variable.
 *
 * @param program what is looked for and started
 * @param arguments each reaches the program as it is: there is no shell in between (on Windows see {@link WindowsCommandLine})
 * @param environment changes to the inherited environment; an empty value removes a variable
 * @param timeout one limit for start, output and exit together
 * @param input what the program reads from its standard input, at most 4 KiB, so that no pipe is ever full; empty: nothing
 */
// Arrays: never compared, never handed out to be changed.
@SuppressWarnings("ArrayRecordComponent")
public record Command(Program program, List<String> arguments, Map<String, String> environment, Duration timeout, byte[] input) {

    private static final int MAX_INPUT = 4096;

    /** Copies the collections. */
    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        if (input.length > MAX_INPUT) {
            throw new IllegalArgumentException("a program is given at most 4 KiB but this is " + input.length + " bytes");
        }
    }

    /**
     * A command without input.
     *
     * @param program what is looked for and started
     * @param arguments each reaches the program as it is
     * @param environment changes to the inherited environment; an empty value removes a variable
     * @param timeout one limit for start, output and exit together
     */
    public Command(Program program, List<String> arguments, Map<String, String> environment, Duration timeout) {
        this(program, arguments, environment, timeout, new byte[0]);
    }

    @Override
    public String toString() {
        return "Command[" + program.name() + ", " + arguments.size() + " arguments, timeout=" + timeout + "]";
    }
}
