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
 */
public record Command(Program program, List<String> arguments, Map<String, String> environment, Duration timeout) {

    /** Copies the collections. */
    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    @Override
    public String toString() {
        return "Command[" + program.name() + ", " + arguments.size() + " arguments, timeout=" + timeout + "]";
    }
}
