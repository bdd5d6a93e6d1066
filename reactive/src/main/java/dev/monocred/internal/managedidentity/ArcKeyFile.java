package dev.monocred.internal.managedidentity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that Arc's agent tells us to read. Somebody else may answer in the agent's place and name any file of this
 * machine, whose content would then be sent: so nothing is opened before its directory, its name and its size are right
 * (platform.md 6.1, 6.2).
 *
 * @param directory where key files are
 * @param file the named one
 * @param isWindows whether the letters of a name's end may be of any case
 */
record ArcKeyFile(Path directory, Path file, boolean isWindows) {

    private static final int LARGEST = 4096;
    private static final Pattern CHALLENGE = Pattern.compile("\\s*Basic\\s+realm=(.+)", Pattern.CASE_INSENSITIVE);

    /** Reads the name in a challenge; touches no file. */
    static ArcKeyFile of(Machine machine, List<String> challenges) {
        Matcher challenge = CHALLENGE.matcher(challenges.isEmpty() ? "" : challenges.get(0));
        if (!challenge.matches()) {
            throw failed("answered without a challenge that names a key file");
        }
        Path directory = directory(machine);
        try {
            String name = challenge.group(1).strip().replaceFirst("^\"(.*)\"$", "$1");
            return new ArcKeyFile(directory, machine.isWindows() ? Path.of(name) : inRoot(machine, name), machine.isWindows());
        } catch (InvalidPathException notAPath) {
            throw failed("named a key file whose path cannot be read");
        }
    }

    private static Path directory(Machine machine) {
        if (!machine.isWindows()) {
            return machine.root().resolve("var/opt/azcmagent/tokens");
        }
        Path data = machine.directory("ProgramData");
        if (data == null) {
            throw failed("keeps its key files under ProgramData, a variable that names no directory here");
        }
        return data.resolve("AzureConnectedMachineAgent").resolve("Tokens");
    }

    private static Path inRoot(Machine machine, String name) {
        if (!name.startsWith("/")) {
            throw failed("named a key file without its directory");
        }
        return machine.root().resolve(name.substring(1));
    }

    /** Its content, after every check in order; blocks. */
    HostSecret read() {
        Path parent = file.normalize().getParent();
        if (parent == null || !parent.equals(directory.normalize())) {
            throw failed("named a key file outside " + directory);
        }
        String name = file.normalize().getFileName().toString();
        if (!(isWindows ? name.toLowerCase(Locale.ROOT) : name).endsWith(".key")) {
            throw failed("named a key file that does not end in .key");
        }
        try {
            return new HostSecret(content(file.normalize()));
        } catch (IOException unreadable) {
            throw HostErrors.failed("the key file " + name + " of Azure Arc cannot be read (" + unreadable.getClass().getSimpleName()
                    + ")", "Run as root or in the group himds; on Windows as Administrator or in the group Hybrid agent extension"
                    + " applications", Details.NONE);
        }
    }

    private static String content(Path path) throws IOException {
        // A link may lead anywhere, and who opens a pipe waits.
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw failed("named a key file that is a link or no file");
        }
        if (attributes.size() > LARGEST) {
            throw failed("named a key file that is larger than " + LARGEST + " bytes");
        }
        String content = read(path).replaceFirst("[\r\n]+$", "");
        if (!content.matches("[ -~]+")) {
            throw failed("named a key file that is empty or cannot be sent");
        }
        return content;
    }

    /** The file that was looked at, not a link put in its place since, and never more of it. */
    private static String read(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path, NOFOLLOW_LINKS)) {
            return new String(in.readNBytes(LARGEST), UTF_8);
        }
    }

    private static ClientAuthenticationException failed(String what) {
        return HostErrors.failed("Azure Arc " + what, "Check that the agent, and nothing else, answers at IDENTITY_ENDPOINT",
                Details.NONE);
    }
}
