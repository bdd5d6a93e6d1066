package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link FakeTool} does in one run: steps in the order of the calls. Immutable, so that a script may be kept and
 * continued. A script without an end exits with status 0.
 *
 * <pre>{@code
 * prints("{\"accessToken\": \"…\"}")
 * complains("ERROR: Please run 'az login' to setup account.\n").exits(1)
 * ignoresTermination().hangs()
 * }</pre>
 */
public final class ToolScript {

    private static final ToolScript NOTHING = new ToolScript(List.of());

    private final List<String> steps;

    private ToolScript(List<String> steps) {
        this.steps = steps;
    }

    /**
     * Does nothing, successfully.
     *
     * @return a script without a step
     */
    public static ToolScript nothing() {
        return NOTHING;
    }

    /**
     * What the Azure CLI prints for a token.
     *
     * @param token the token's text
     * @param expiresAt when it ends
     * @return a script that prints it
     */
    public static ToolScript azureCliToken(String token, Instant expiresAt) {
        return NOTHING.prints("{\n  \"accessToken\": \"" + token + "\",\n  \"expiresOn\": \"2000-01-01 00:00:00.000000\",\n"
                + "  \"expires_on\": " + expiresAt.getEpochSecond() + ",\n  \"tokenType\": \"Bearer\"\n}\n");
    }

    /**
     * What the Azure Developer CLI prints for a token.
     *
     * @param token the token's text
     * @param expiresAt when it ends
     * @return a script that prints it
     */
    public static ToolScript azureDeveloperCliToken(String token, Instant expiresAt) {
        return NOTHING.prints("{\n  \"token\": \"" + token + "\",\n  \"expiresOn\": \""
                + Instant.ofEpochSecond(expiresAt.getEpochSecond()) + "\"\n}\n");
    }

    /**
     * Writes to the standard output, in UTF-8.
     *
     * @param text what to write
     * @return the longer script
     */
    public ToolScript prints(String text) {
        return prints(text, StandardCharsets.UTF_8);
    }

    /**
     * Writes to the standard output as an old program does.
     *
     * @param text what to write
     * @param charset in which encoding
     * @return the longer script
     */
    public ToolScript prints(String text, Charset charset) {
        return prints(text.getBytes(charset));
    }

    /**
     * Writes to the standard output.
     *
     * @param bytes what to write, for example something that is no text
     * @return the longer script
     */
    public ToolScript prints(byte[] bytes) {
        return then("printf '%b' '" + octal(bytes) + "'");
    }

    /**
     * Writes to the standard error, in UTF-8.
     *
     * @param text what to write
     * @return the longer script
     */
    public ToolScript complains(String text) {
        return complains(text, StandardCharsets.UTF_8);
    }

    /**
     * Writes to the standard error as an old program does.
     *
     * @param text what to write
     * @param charset in which encoding
     * @return the longer script
     */
    public ToolScript complains(String text, Charset charset) {
        return then("printf '%b' '" + octal(text.getBytes(charset)) + "' >&2");
    }

    /**
     * Writes so many bytes to the standard output.
     *
     * @param bytes how many
     * @return the longer script
     */
    public ToolScript floods(long bytes) {
        return then("yes | head -c " + bytes);
    }

    /**
     * Writes so many bytes to the standard error.
     *
     * @param bytes how many
     * @return the longer script
     */
    public ToolScript floodsErrors(long bytes) {
        return then("yes | head -c " + bytes + " >&2");
    }

    /**
     * Prints everything that comes on the standard input, to its end.
     *
     * @return the longer script
     */
    public ToolScript echoesInput() {
        return then("cat");
    }

    /**
     * Writes everything that comes on the standard input, to its end, into a file.
     *
     * @param path where
     * @return the longer script
     */
    public ToolScript keepsInput(String path) {
        return then("cat >" + quoted(path));
    }

    /**
     * Prints a file; where there is none it ends with status 1 and without a word.
     *
     * @param path which file
     * @return the longer script
     */
    public ToolScript printsFile(String path) {
        return then("[ -e " + quoted(path) + " ] || exit 1\ncat " + quoted(path));
    }

    /**
     * Starts a process in the background, which holds standard output and error open for a minute; it is among
     * {@link RecordedToolRun#processIds()}.
     *
     * @return the longer script
     */
    public ToolScript leavesChildBehind() {
        return then("sleep 60 & echo $! >>\"$run/pids\"");
    }

    /**
     * Starts a process that starts a process that sleeps for a minute; all are among
     * {@link RecordedToolRun#processIds()}.
     *
     * @return the longer script
     */
    public ToolScript startsTree() {
        return then("sh -c 'echo $$ >>\"$0\"; sleep 60 & echo $! >>\"$0\"; : >\"$0.grown\"; wait' \"$run/pids\" &\n"
                + "while [ ! -e \"$run/pids.grown\" ]; do sleep 0.01; done");
    }

    /**
     * Does not end when it is asked to, nor does anything that it starts from here on.
     *
     * @return the longer script
     */
    public ToolScript ignoresTermination() {
        return then("trap '' TERM");
    }

    /**
     * Does not come to an end, or not within a minute.
     *
     * @return the longer script
     */
    public ToolScript hangs() {
        return then("i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done");
    }

    /**
     * Writes a file, as a program does that keeps notes.
     *
     * @param path where
     * @param text what
     * @return the longer script
     */
    public ToolScript writes(String path, String text) {
        return then("printf '%b' '" + octal(text.getBytes(StandardCharsets.UTF_8)) + "' >" + quoted(path));
    }

    /**
     * Ends.
     *
     * @param status its exit status
     * @return the longer script
     */
    public ToolScript exits(int status) {
        return then("exit " + status);
    }

    /**
     * Ends as if somebody had killed it.
     *
     * @return the longer script
     */
    public ToolScript isKilled() {
        return then("kill -9 $$");
    }

    private ToolScript then(String step) {
        List<String> longer = new ArrayList<>(steps);
        longer.add(requireNonNull(step, "step"));
        return new ToolScript(List.copyOf(longer));
    }

    /** For the shell: steps, one a line. */
    String shell() {
        return String.join("\n", steps) + "\n";
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Every byte as an escape: a shell keeps neither the NUL byte nor what is no text in its own encoding. */
    private static String octal(byte[] bytes) {
        StringBuilder escapes = new StringBuilder(5 * bytes.length);
        for (byte b : bytes) {
            if (b >= ' ' && b < 0x7F && b != '\\' && b != '\'') {
                escapes.append((char) b);
            } else {
                int value = b & 0xFF;
                escapes.append("\\0").append((char) ('0' + (value >> 6))).append((char) ('0' + (value >> 3 & 7)))
                        .append((char) ('0' + (value & 7)));
            }
        }
        return escapes.toString();
    }

    @Override
    public String toString() {
        return "ToolScript[" + steps.size() + " steps]";
    }
}
