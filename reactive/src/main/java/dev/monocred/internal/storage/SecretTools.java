package dev.monocred.internal.storage;

import dev.monocred.internal.process.Command;
import dev.monocred.internal.process.Executables;
import dev.monocred.internal.process.ProcessFailure;
import dev.monocred.internal.process.ProcessResult;
import dev.monocred.internal.process.ProcessRunner;
import dev.monocred.internal.process.Program;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Runs what reaches an operating system's secret store; secrets travel through pipes, never on a command line. */
record SecretTools(ProcessRunner runner, Executables executables) {

    /** The first use may ask the person to unlock the store; a flight has not more time than that. */
    static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** How such tools find the person's own store; all else is inherited. */
    private static final List<String> VARIABLES = List.of("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME");

    /** One program with one place's remedy, and what it is used for. */
    record Tool(Program program, String purpose, String remedy) {

        Tool(Program program, String remedy) {
            this(program, "keep the token cache's key", remedy);
        }

        /** The same program for what others keep in that place. */
        Tool forShared() {
            return new Tool(program, "read what other programs keep", remedy);
        }

        StorageFailure failure(String clause, @Nullable Throwable cause) {
            return new StorageFailure(program.name() + " cannot be used to " + purpose + ": " + clause + ". " + remedy, cause);
        }
    }

    Mono<ProcessResult> run(Tool tool, List<String> arguments, String input) {
        return run(tool, arguments, Map.of(), input);
    }

    /** The same with further variables. */
    Mono<ProcessResult> run(Tool tool, List<String> arguments, Map<String, String> further, String input) {
        Map<String, String> variables = new HashMap<>(variables());
        variables.putAll(further);
        return runner.run(new Command(tool.program, arguments, variables, TIMEOUT, input.getBytes(StandardCharsets.UTF_8)))
                .onErrorMap(ProcessFailure.class, e -> tool.failure(String.valueOf(e.getMessage()), e));
    }

    private Map<String, String> variables() {
        // An empty one is removed: what the application's own lookup does not know, a tool must not find either.
        return VARIABLES.stream().collect(Collectors.toMap(Function.identity(),
                name -> Objects.requireNonNullElse(executables.variable(name), "")));
    }

    /** The first line of what it complained about, without what could be a secret: long runs of letters and digits. */
    static String complaint(ProcessResult result) {
        String line = result.errorText().lines().map(String::strip).filter(each -> !each.isEmpty()).findFirst().orElse("");
        String safe = line.replaceAll("[A-Za-z0-9+/=_-]{40,}", "***");
        return "it ended with status " + result.exitCode()
                + (safe.isEmpty() ? "" : " (" + safe.substring(0, Math.min(200, safe.length())) + ")");
    }
}
