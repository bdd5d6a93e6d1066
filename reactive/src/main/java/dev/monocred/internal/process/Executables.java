package dev.monocred.internal.process;

import java.io.File;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds programs, and a folder to run them in (S-1). Only absolute folders count: a program that somebody planted in the
 * working directory is never found. Immutable; looks at files, so it belongs on a thread that may block.
 */
public final class Executables {

    private static final Pattern VARIABLE = Pattern.compile("^%([^%]+)%");

    private final boolean windows;
    private final Variables environment;
    private final FileCheck files;

    /** Looks up an environment variable. */
    @FunctionalInterface
    public interface Variables {

        /**
         * Looks up.
         *
         * @param name the variable
         * @return its value, or {@code null}
         */
        @Nullable String get(String name);
    }

    /** What the search needs to know of the file system. */
    public interface FileCheck {

        /**
         * Asks about a program.
         *
         * @param path an absolute path
         * @return whether it is a file that may be run
         */
        boolean isExecutable(String path);

        /**
         * Asks about a folder.
         *
         * @param path an absolute path
         * @return whether it is there
         */
        boolean isDirectory(String path);
    }

    /**
     * Searches in a world of your choice.
     *
     * @param windows whether the rules of Windows apply
     * @param environment the variables
     * @param files the files
     */
    public Executables(boolean windows, Variables environment, FileCheck files) {
        this.windows = windows;
        this.environment = environment;
        this.files = files;
    }

    /**
     * Searches on this machine.
     *
     * @param environment the variables
     * @return the search
     */
    public static Executables ofThisMachine(Variables environment) {
        return new Executables(isWindows(System.getProperty("os.name", "")), environment, new RealFiles());
    }

    private static boolean isWindows(String osName) {
        return osName.toLowerCase(Locale.ROOT).startsWith("windows");
    }

    /**
     * Tells which rules apply.
     *
     * @return whether it is Windows
     */
    public boolean isWindows() {
        return windows;
    }

    /**
     * Looks up a variable.
     *
     * @param name the variable
     * @return its value, or {@code null} if it is not set or blank
     */
    public @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value;
    }

    /**
     * Finds a program: on PATH, then where its installers put it. A better name anywhere wins over a lesser one.
     *
     * @param program what to find
     * @return its absolute path, or {@code null}
     */
    public @Nullable String find(Program program) {
        Set<String> folders = new LinkedHashSet<>(pathFolders());
        (windows ? program.windowsFolders() : program.posixFolders()).stream().map(this::expanded).filter(this::isAbsolute)
                .forEach(folders::add);
        return (windows ? program.windowsNames() : program.posixNames()).stream()
                .flatMap(name -> folders.stream().map(folder -> join(folder, name)))
                .filter(files::isExecutable)
                .findFirst().orElse(null);
    }

    private List<String> pathFolders() {
        List<String> folders = new ArrayList<>();
        String path = path();
        for (String entry : path == null ? new String[0] : path.split(windows ? ";" : ":", -1)) {
            String folder = windows ? entry.replace("\"", "").strip() : entry;
            if (isAbsolute(folder)) {
                folders.add(folder);
            }
        }
        return folders;
    }

    /** Windows does not care how it is written; a lookup of one's own may. */
    private @Nullable String path() {
        String path = variable("PATH");
        return path == null && windows ? variable("Path") : path;
    }

    private boolean isAbsolute(String folder) {
        return windows ? folder.matches("^[A-Za-z]:[\\\\/].*") : folder.startsWith("/");
    }

    /** A folder with an unknown variable stays as it is, and is not absolute. */
    private String expanded(String folder) {
        Matcher matcher = VARIABLE.matcher(folder);
        String value = matcher.find() ? variable(matcher.group(1)) : null;
        return value == null ? folder : value + folder.substring(matcher.end());
    }

    private String join(String folder, String name) {
        String separator = windows ? "\\" : "/";
        return folder.endsWith(separator) || folder.endsWith("/") ? folder + name : folder + separator + name;
    }

    /**
     * Tells where programs run: a folder of the system, where nobody else can put a file for them to find.
     *
     * @return an absolute path, or {@code null} on a Windows that does not tell where it is
     */
    public @Nullable String workingDirectory() {
        if (!windows) {
            return files.isDirectory("/bin") ? "/bin" : "/";
        }
        String root = systemRoot();
        return root == null ? null : root + "\\System32";
    }

    @Nullable String systemRoot() {
        String root = variable("SystemRoot");
        return root == null || !isAbsolute(root) ? null : root;
    }

    /** Tells whether a program that could not be started is still there. */
    boolean isExecutable(String path) {
        return files.isExecutable(path);
    }

    /** Only Windows still has programs that write anything else than UTF-8. */
    Charset nativeCharset() {
        String name = windows ? System.getProperty("native.encoding") : null;
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
    }

    private static final class RealFiles implements FileCheck {

        @Override
        public boolean isExecutable(String path) {
            File file = new File(path);
            return file.isFile() && file.canExecute();
        }

        @Override
        public boolean isDirectory(String path) {
            return new File(path).isDirectory();
        }
    }
}
