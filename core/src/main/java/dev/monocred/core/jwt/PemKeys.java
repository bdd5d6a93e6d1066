package dev.monocred.core.jwt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Private keys as PEM has them: PKCS#8 and PKCS#1, each with a password or without. */
final class PemKeys {

    private static final Pattern PBES2 = Pattern.compile("PBEWith(HmacSHA\\d+(?:/\\d+)?)AndAES_(\\d+)");
    private static final Pattern DEK = Pattern.compile("(AES-(128|192|256)-CBC|DES-EDE3-CBC),([0-9A-Fa-f]+)");
    /** SEQUENCE of OID rsaEncryption and NULL. */
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int SALT_BYTES = 8;

    private PemKeys() {}

    static boolean isKey(Pem.Block block) {
        return block.label().endsWith("PRIVATE KEY");
    }

    static PrivateKey read(Pem.Block block, @Nullable String password) throws BadCertificateException {
        return switch (block.label()) {
            case "PRIVATE KEY" -> rsa(block.der(), false);
            case "ENCRYPTED PRIVATE KEY" -> rsa(decrypt(block.der(), given(password)), true);
            case "RSA PRIVATE KEY" -> block.headers().containsKey("dek-info")
                    ? rsa(pkcs8(decryptOld(block, given(password))), true) : rsa(pkcs8(block.der()), false);
            default -> throw new BadCertificateException("has a key of another kind than RSA (" + block.label() + ")");
        };
    }

    private static String given(@Nullable String password) throws BadCertificateException {
        if (password == null) {
            throw new BadCertificateException("has a key that is encrypted, and no password was given");
        }
        return password;
    }

    private static PrivateKey rsa(byte[] pkcs8, boolean wasEncrypted) throws BadCertificateException {
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException notRsa) {
            if (isEllipticCurve(pkcs8)) {
                throw new BadCertificateException("has a key of another kind than RSA (EC)");
            }
            // A wrong password can leave bytes that look decrypted.
            throw wasEncrypted ? wrongPassword(notRsa)
                    : new BadCertificateException("has a private key that cannot be read", notRsa);
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static boolean isEllipticCurve(byte[] pkcs8) {
        try {
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    private static byte[] decrypt(byte[] der, String password) throws BadCertificateException {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = info.getAlgParameters();
            String scheme = parameters == null ? info.getAlgName() : name(info.getAlgName(), parameters);
            Matcher pbes2 = PBES2.matcher(scheme);
            Cipher cipher = pbes2.matches() && parameters != null ? pbes2(pbes2, parameters, password)
                    : pbes1(scheme, parameters, password);
            return cipher.doFinal(info.getEncryptedData());
        } catch (NoSuchAlgorithmException | IOException unknown) {
            throw new BadCertificateException("has a key that is encrypted in a way Java does not know", unknown);
        } catch (GeneralSecurityException refused) {
            throw wrongPassword(refused);
        }
    }

    /** The JDK calls all of PBES2 by one name; its parameters say which of them it is. */
    private static String name(String name, AlgorithmParameters parameters) {
        return PBES2.matcher(parameters.toString()).matches() ? parameters.toString() : name;
    }

    /** By its parts, because the JDK's own takes ASCII passwords only. */
    private static Cipher pbes2(Matcher scheme, AlgorithmParameters parameters, String password)
            throws GeneralSecurityException {
        PBEParameterSpec spec = parameters.getParameterSpec(PBEParameterSpec.class);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2With" + scheme.group(1)).generateSecret(new PBEKeySpec(
                password.toCharArray(), spec.getSalt(), spec.getIterationCount(), Integer.parseInt(scheme.group(2)))).getEncoded();
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), spec.getParameterSpec());
        return cipher;
    }

    private static Cipher pbes1(String scheme, @Nullable AlgorithmParameters parameters, String password)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(scheme);
        cipher.init(Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray())), parameters);
        return cipher;
    }

    /** What OpenSSL wrote before PKCS#8: the key is an MD5 of password and salt. */
    private static byte[] decryptOld(Pem.Block block, String password) throws BadCertificateException {
        Matcher dek = DEK.matcher(block.headers().getOrDefault("dek-info", ""));
        if (!dek.matches()) {
            throw new BadCertificateException("has a key that is encrypted in a way Java does not know");
        }
        boolean isAes = dek.group(2) != null;
        int keyBytes = isAes ? Integer.parseInt(dek.group(2)) / Byte.SIZE : 24;
        try {
            byte[] iv = HexFormat.of().parseHex(dek.group(3));
            byte[] key = md5Key(password.getBytes(StandardCharsets.UTF_8), Arrays.copyOf(iv, SALT_BYTES), keyBytes);
            Cipher cipher = Cipher.getInstance((isAes ? "AES" : "DESede") + "/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, isAes ? "AES" : "DESede"), new IvParameterSpec(iv));
            return cipher.doFinal(block.der());
        } catch (GeneralSecurityException | IllegalArgumentException refused) {
            throw wrongPassword(refused);
        }
    }

    private static byte[] md5Key(byte[] password, byte[] salt, int length) throws NoSuchAlgorithmException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        byte[] last = new byte[0];
        while (key.size() < length) {
            md5.update(last);
            md5.update(password);
            last = md5.digest(salt);
            key.writeBytes(last);
        }
        return Arrays.copyOf(key.toByteArray(), length);
    }

    private static byte[] pkcs8(byte[] pkcs1) {
        return der(SEQUENCE, VERSION_0, RSA, der(OCTET_STRING, pkcs1));
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        all.writeBytes(length(content.size()));
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    /** Short lengths are one byte; for longer ones, how many bytes and then these. */
    private static byte[] length(int length) {
        if (length < 0x80) {
            return new byte[] {(byte) length};
        }
        return length <= 0xFF ? new byte[] {(byte) 0x81, (byte) length} : length <= 0xFFFF
                ? new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length}
                : new byte[] {(byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
    }

    private static BadCertificateException wrongPassword(Exception cause) {
        return new BadCertificateException("cannot be decrypted: the password is wrong", cause);
    }
}
