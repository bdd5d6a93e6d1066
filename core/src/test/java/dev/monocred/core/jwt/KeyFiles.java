package dev.monocred.core.jwt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Keys and certificates made by the real commands in one directory, and thrown away with it. */
final class KeyFiles {

    private final Path directory;

    KeyFiles(Path directory) {
        this.directory = directory;
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, "openssl"))),
                "there is no openssl on this machine");
    }

    /** Runs {@code openssl} in the directory; the arguments are separated by spaces. */
    KeyFiles openssl(String arguments) {
        return run("openssl", arguments);
    }

    /** Runs this JDK's {@code keytool}. */
    KeyFiles keytool(String arguments) {
        return run(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), arguments);
    }

    private KeyFiles run(String program, String arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments.split(" +")));
        try {
            Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + said);
            }
            return this;
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(command.toString(), failed);
        }
    }

    /** Writes a text in UTF-8: not every locale lets a command line have it. */
    KeyFiles writes(String file, String text) {
        try {
            Files.writeString(directory.resolve(file), text);
            return this;
        } catch (IOException failed) {
            throw new AssertionError(file, failed);
        }
    }

    byte[] bytes(String file) {
        try {
            return Files.readAllBytes(directory.resolve(file));
        } catch (IOException failed) {
            throw new AssertionError(file, failed);
        }
    }

    String text(String file) {
        return new String(bytes(file), StandardCharsets.US_ASCII);
    }

    /** Several files, one after the other. */
    byte[] joined(String... files) {
        return Stream.of(files).map(this::text).reduce("", String::concat).getBytes(StandardCharsets.US_ASCII);
    }
}
