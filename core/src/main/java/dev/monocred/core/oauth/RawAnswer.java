package dev.monocred.core.oauth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came back over HTTP. It prints neither headers nor body, since both may hold secrets.
 *
 * @param status the number of the status line
 * @param headers the values of each header by its lower-case name
 * @param body the bytes as they came, not copied: who gives them keeps no hold of them
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: it is read once, on its way to the parser.
public record RawAnswer(int status, Map<String, List<String>> headers, byte[] body) {

    /**
     * Takes a copy of the headers, with lower-case names.
     *
     * @param status the number of the status line
     * @param headers the values of each header by its name
     * @param body the bytes as they came
     */
    public RawAnswer {
        Map<String, List<String>> lower = new LinkedHashMap<>();
        headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        headers = Map.copyOf(lower);
    }

    /**
     * The values of one header.
     *
     * @param lowerCaseName its name in lower case
     * @return the values in order; none if the header is absent
     */
    public List<String> header(String lowerCaseName) {
        return headers.getOrDefault(lowerCaseName, List.of());
    }

    @Override
    public String toString() {
        return "RawAnswer[status=" + status + ", " + body.length + " bytes]";
    }
}
