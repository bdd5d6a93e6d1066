package dev.monocred.internal.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Argument lists for Windows. A batch file ({@code az.cmd}) is run by {@code cmd.exe}, which reads its command line twice
 * and knows no way to escape everything; so whatever it could misread is refused. Pure.
 */
final class WindowsCommandLine {

    /** Special even between quotes, or ends them. */
    private static final String REFUSED_IN_PATH = "%\"";
    /** Special to {@code cmd.exe} somewhere: the credentials' arguments need none of them. */
    private static final String REFUSED = REFUSED_IN_PATH + "!^&|<>()'`";

    private WindowsCommandLine() {}

    /**
     * Makes the list that {@link ProcessBuilder} gets.
     *
     * @param systemRoot where Windows is
     * @param program the absolute path of the program
     * @param arguments its arguments
     * @return the list
     * @throws IllegalArgumentException if a batch file would get something that {@code cmd.exe} could misread
     */
    static List<String> of(String systemRoot, String program, List<String> arguments) {
        return isBatchFile(program) ? throughCmd(systemRoot, program, arguments) : direct(program, arguments);
    }

    private static List<String> direct(String program, List<String> arguments) {
        List<String> list = new ArrayList<>();
        list.add(program);
        list.addAll(arguments);
        return list;
    }

    /**
     * {@code /d} keeps AutoRun commands of the registry out, {@code /s} makes cmd take off the outer quotes and nothing
     * else, {@code /v:off} makes {@code !} ordinary. The JDK leaves an argument alone that is quoted as a whole.
     */
    private static List<String> throughCmd(String systemRoot, String program, List<String> arguments) {
        StringBuilder line = new StringBuilder("\"").append(quoted(program, REFUSED_IN_PATH));
        arguments.forEach(argument -> line.append(' ').append(quoted(argument, REFUSED)));
        return List.of(systemRoot + "\\System32\\cmd.exe", "/d", "/s", "/v:off", "/c", line.append('"').toString());
    }

    private static boolean isBatchFile(String program) {
        String lower = program.toLowerCase(Locale.ROOT);
        return lower.endsWith(".cmd") || lower.endsWith(".bat");
    }

    private static String quoted(String text, String refused) {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7F || refused.indexOf(c) >= 0)) {
            throw new IllegalArgumentException("cmd.exe could misread the argument: " + text);
        }
        if (text.endsWith("\\")) {
            throw new IllegalArgumentException("a backslash at the end would swallow the quote: " + text);
        }
        return '"' + text + '"';
    }
}
