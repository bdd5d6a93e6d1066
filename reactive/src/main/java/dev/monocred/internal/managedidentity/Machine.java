package dev.monocred.internal.managedidentity;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a host leaves on a machine to be found by.
 *
 * @param environment looks up a variable
 * @param os the name of the operating system, as Java has it
 * @param root where the file system begins; a test has its own
 * @param imds where the metadata service is; a test has its own
 */
public record Machine(Function<String, @Nullable String> environment, String os, Path root, URI imds) {

    private static final URI IMDS = URI.create("http://169.254.169.254");

    /** This one, with variables of your choice. */
    public static Machine local(Function<String, @Nullable String> environment) {
        return new Machine(environment, System.getProperty("os.name", ""), Path.of("/"), IMDS);
    }

    /** A variable's value; blank counts as unset. */
    @Nullable String variable(String name) {
        String value = environment.apply(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** The directory that a variable names, if it names one. */
    @Nullable Path directory(String name) {
        String value = variable(name);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException notAPath) {
            return null;
        }
    }

    boolean has(String... names) {
        return Stream.of(names).allMatch(name -> variable(name) != null);
    }

    boolean isWindows() {
        return os.toLowerCase(Locale.ROOT).startsWith("windows");
    }

    boolean isLinux() {
        return os.equalsIgnoreCase("linux");
    }
}
