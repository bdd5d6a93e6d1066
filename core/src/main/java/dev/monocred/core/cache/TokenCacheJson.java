package dev.monocred.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.core.oauth.Json;
import org.jspecify.annotations.Nullable;

/** The document as bytes: UTF-8 JSON, with everything in it that we do not know. */
public final class TokenCacheJson {

    private TokenCacheJson() {}

    /**
     * Reads a document.
     *
     * @param utf8 the bytes; none at all are an empty document
     * @return the document, or {@code null} if the bytes are something else
     */
    public static @Nullable TokenCacheDocument read(byte[] utf8) {
        if (new String(utf8, UTF_8).isBlank()) {
            return TokenCacheDocument.EMPTY;
        }
        ObjectNode root = Json.object(utf8);
        return root == null ? null : new TokenCacheDocument(root);
    }

    /**
     * Writes a document. The bytes hold secrets.
     *
     * @param document the document
     * @return the bytes
     */
    public static byte[] write(TokenCacheDocument document) {
        return document.root().toString().getBytes(UTF_8);
    }
}
