package dev.monocred.internal.process;

import java.nio.charset.Charset;

/**
 * How a program ended by itself. Prints no output: it may be a token.
 *
 * @param exitCode the exit status; above 128 on POSIX if a signal ended it
 * @param output everything it wrote to its standard output
 * @param errorOutput the beginning and the end of what it wrote to its standard error
 * @param nativeCharset what a program may write that does not write UTF-8
 */
// Arrays: never compared, never handed out to be changed.
@SuppressWarnings("ArrayRecordComponent")
public record ProcessResult(int exitCode, byte[] output, byte[] errorOutput, Charset nativeCharset) {

    /**
     * The standard output as text.
     *
     * @return text without a byte order mark and without colours
     */
    public String outputText() {
        return OutputText.decode(output, nativeCharset);
    }

    /**
     * The standard error as text.
     *
     * @return text without a byte order mark and without colours
     */
    public String errorText() {
        return OutputText.decode(errorOutput, nativeCharset);
    }

    @Override
    public String toString() {
        return "ProcessResult[exitCode=" + exitCode + ", " + output.length + " bytes of output, " + errorOutput.length
                + " bytes of errors]";
    }
}
