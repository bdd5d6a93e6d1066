package dev.monocred.internal.process;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Bytes of a program to text (S-11): never fails, and does not depend on the JVM's own encoding. Pure. */
final class OutputText {

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    /** Colours and cursor movements, window titles and links. */
    private static final Pattern ANSI = Pattern.compile(
            "\u001B(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001B]*(?:\u0007|\u001B\\\\)?|[@-Z\\\\^_])");

    private OutputText() {}

    static String decode(byte[] bytes, Charset nativeCharset) {
        String text = characters(bytes, nativeCharset);
        String unmarked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        return unmarked.indexOf('\u001B') < 0 ? unmarked : ANSI.matcher(unmarked).replaceAll("");
    }

    private static String characters(byte[] bytes, Charset nativeCharset) {
        if (isUtf16LittleEndian(bytes)) {
            return new String(bytes, StandardCharsets.UTF_16LE);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, nativeCharset);
        }
    }

    /** What PowerShell writes into a pipe on Windows, with its mark or without: text that begins with an ASCII character. */
    private static boolean isUtf16LittleEndian(byte[] bytes) {
        return bytes.length > 1 && ((bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE) || (bytes[0] > 0 && bytes[1] == 0));
    }
}
