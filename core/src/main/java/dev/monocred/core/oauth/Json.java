package dev.monocred.core.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects that others wrote: strictly (no name twice, nothing after the object, UTF-8 only, a byte order mark is
 * accepted) and within limits, so that no text can exhaust stack or memory. Binds nothing by reflection.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259#section-8.1">RFC 8259, section 8.1</a>
 */
public final class Json {

    // The deepest answer we know has four levels; a body has at most 1 MiB (N-3).
    private static final int MAX_DEPTH = 64;
    private static final int MAX_TEXT = 1 << 20;
    private static final int MAX_NUMBER = 128;

    private static final char REPLACEMENT = '\uFFFD';

    private static final ObjectReader READER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH).maxStringLength(MAX_TEXT).maxNumberLength(MAX_NUMBER).build())
                    .build())
            .build()
            .readerFor(ObjectNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                    DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // Claims are handed on and must say what they said: 1.10 stays 1.10.
            .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

    /** What people edit: a name that stands twice counts as the last one. */
    private static final ObjectReader FORGIVING_READER = READER
            .withFeatures(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
            .without(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private Json() {}

    /**
     * Reads an object.
     *
     * @param text the JSON text
     * @return the object, or {@code null} if the text is anything else
     */
    public static @Nullable ObjectNode object(String text) {
        return object(text, READER);
    }

    /**
     * Reads an object from a file that people edit: comments, a comma too many and a name that stands twice do not matter.
     *
     * @param utf8 the bytes of the text
     * @return the object, or {@code null} if the bytes are anything else
     */
    public static @Nullable ObjectNode settings(byte[] utf8) {
        String text = decode(utf8);
        return text == null ? null : object(text, FORGIVING_READER);
    }

    private static @Nullable ObjectNode object(String text, ObjectReader reader) {
        try {
            return reader.readValue(text);
        } catch (JsonProcessingException | NumberFormatException notAnObject) {
            // Jackson lets the second one out for exponents beyond any BigDecimal. Both messages quote the text, which may
            // hold secrets: they go no further.
            return null;
        }
    }

    /**
     * Reads an object from UTF-8.
     *
     * @param utf8 the bytes of the JSON text
     * @return the object, or {@code null} if the bytes are anything else
     */
    public static @Nullable ObjectNode object(byte[] utf8) {
        String text = decode(utf8);
        return text == null ? null : object(text);
    }

    /**
     * Reads an object from UTF-8 that may be damaged in one place: there, and only there, invalid bytes become U+FFFD.
     *
     * @param utf8 the bytes of the JSON text
     * @param tolerated the member whose text is only shown to people
     * @return the object, or {@code null} if the bytes are anything else
     */
    public static @Nullable ObjectNode object(byte[] utf8, String tolerated) {
        String text = decode(utf8);
        if (text != null) {
            return object(text);
        }
        ObjectNode read = object(withoutMark(new String(utf8, UTF_8)));
        return read == null || read.deepCopy().without(tolerated).toString().indexOf(REPLACEMENT) >= 0 ? null : read;
    }

    private static @Nullable String decode(byte[] utf8) {
        try {
            return withoutMark(UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
