package dev.monocred.internal.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The beginning and the end of a stream of any length (S-5): the cause of a failure stands before a long traceback as often
 * as behind it. For one thread.
 */
final class Excerpt {

    private static final int HEAD = 4 * 1024;
    private static final int TAIL = 8 * 1024;
    private static final byte[] GAP = "\n…\n".getBytes(StandardCharsets.UTF_8);

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private byte[] tail = new byte[0];
    private long total;

    void add(byte[] bytes, int length) {
        total += length;
        int first = Math.min(length, HEAD - head.size());
        head.write(bytes, 0, first);
        if (first < length) {
            append(bytes, first, length - first);
        }
    }

    private void append(byte[] bytes, int from, int length) {
        byte[] joined = Arrays.copyOf(tail, tail.length + length);
        System.arraycopy(bytes, from, joined, tail.length, length);
        tail = joined.length <= TAIL ? joined : Arrays.copyOfRange(joined, joined.length - TAIL, joined.length);
    }

    long total() {
        return total;
    }

    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream(head.size() + GAP.length + tail.length);
        all.writeBytes(head.toByteArray());
        if (total > head.size() + tail.length) {
            all.writeBytes(GAP);
        }
        all.writeBytes(tail);
        return all.toByteArray();
    }
}
