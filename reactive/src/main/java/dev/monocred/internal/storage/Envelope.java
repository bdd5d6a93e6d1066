package dev.monocred.internal.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM: eight bytes that say what it is, a version, the nonce, then the sealed content with its tag. The header is
 * authenticated together with the name of the cache, so that one cache cannot be put in another's place. A nonce is drawn for
 * each write: 96 random bits collide after far more writes than a key will ever see.
 */
final class Envelope implements Codec {

    static final int KEY_BYTES = 32;

    private static final byte[] MAGIC = "MONOCRED".getBytes(StandardCharsets.US_ASCII);
    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int HEADER_BYTES = MAGIC.length + 1 + NONCE_BYTES;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;
    private final byte[] cacheName;

    Envelope(byte[] key, String cacheName) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes");
        }
        this.key = new SecretKeySpec(key, "AES");
        this.cacheName = cacheName.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] newKey() {
        return random(KEY_BYTES);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    @Override
    public byte[] seal(byte[] content) {
        byte[] header = ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).put(VERSION).put(random(NONCE_BYTES)).array();
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, header).doFinal(content);
            return ByteBuffer.allocate(header.length + sealed.length).put(header).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    @Override
    public byte[] open(byte[] stored) throws UnreadableFileException {
        if (stored.length < HEADER_BYTES + TAG_BITS / Byte.SIZE || !Arrays.equals(stored, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new UnreadableFileException("it is not a file of Monocred's");
        }
        if (stored[MAGIC.length] != VERSION) {
            throw new UnreadableFileException("another version of Monocred wrote it");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(stored, HEADER_BYTES))
                    .doFinal(stored, HEADER_BYTES, stored.length - HEADER_BYTES);
        } catch (GeneralSecurityException wrongKeyOrChanged) {
            throw new UnreadableFileException("it was damaged, or sealed with another key");
        }
    }

    private Cipher cipher(int mode, byte[] header) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, header, MAGIC.length + 1, NONCE_BYTES));
        cipher.updateAAD(header);
        cipher.updateAAD(cacheName);
        return cipher;
    }

    @Override
    public String toString() {
        return "Envelope";
    }
}
