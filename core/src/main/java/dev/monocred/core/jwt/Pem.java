package dev.monocred.core.jwt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Text with base64 between lines; whatever stands around the blocks is ignored.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
final class Pem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private Pem() {}

    /**
     * One block.
     *
     * @param label what it holds
     * @param headers names in lower case: only old encrypted keys have some
     * @param der its bytes
     */
    // "ArrayRecordComponent": nobody compares or keeps one.
    @SuppressWarnings("ArrayRecordComponent")
    record Block(String label, Map<String, String> headers, byte[] der) {

        @Override
        public String toString() {
            return "Block[" + label + "]";
        }
    }

    static boolean isPem(byte[] content) {
        return text(content).contains(BEGIN);
    }

    static List<Block> read(byte[] content) throws BadCertificateException {
        String text = text(content);
        List<Block> blocks = new ArrayList<>();
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
            blocks.add(block(text, begin));
        }
        return blocks;
    }

    private static Block block(String text, int begin) throws BadCertificateException {
        int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
        String label = labelEnd < 0 ? "" : text.substring(begin + BEGIN.length(), labelEnd);
        int end = text.indexOf(END + label + DASHES, Math.max(labelEnd, begin));
        if (labelEnd < 0 || end < 0) {
            throw new BadCertificateException("has a PEM block that does not end");
        }
        List<String> lines = text.substring(labelEnd + DASHES.length(), end).lines().map(String::strip).toList();
        return new Block(label, headers(lines), der(label, lines));
    }

    private static Map<String, String> headers(List<String> lines) {
        Map<String, String> headers = new TreeMap<>();
        lines.stream().filter(Pem::isHeader).map(line -> line.split(":", 2))
                .forEach(pair -> headers.put(pair[0].strip().toLowerCase(Locale.ROOT), pair[1].strip()));
        return headers;
    }

    private static byte[] der(String label, List<String> lines) throws BadCertificateException {
        String base64 = lines.stream().filter(line -> !isHeader(line)).collect(Collectors.joining());
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw new BadCertificateException("has a PEM block " + label + " that is not base64");
        }
    }

    private static boolean isHeader(String line) {
        return line.indexOf(':') > 0;
    }

    /** Bytes that are no text do no harm: nothing that matters is beyond ASCII. */
    private static String text(byte[] content) {
        boolean isUtf16 = content.length > 1 && (Arrays.equals(content, 0, 2, new byte[] {(byte) 0xFF, (byte) 0xFE}, 0, 2)
                || Arrays.equals(content, 0, 2, new byte[] {(byte) 0xFE, (byte) 0xFF}, 0, 2));
        // Windows PowerShell's ">" writes UTF-16.
        return new String(content, isUtf16 ? StandardCharsets.UTF_16 : StandardCharsets.ISO_8859_1);
    }
}
