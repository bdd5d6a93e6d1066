package dev.monocred.core.jwt;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every container, made by the real commands (entra.md checklist 26 to 28). */
@SuppressWarnings("NullAway.Init")
class CertificateParserTest {

    private static final String PASSWORD = "invented-pass-wörd";

    private static KeyFiles files;

    @BeforeAll
    static void make(@TempDir Path directory) {
        files = new KeyFiles(directory)
                .openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=invented-ca")
                .openssl("req -new -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=invented-app")
                .openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -out leaf.pem")
                .openssl("rsa -in key.pem -traditional -out pkcs1.pem")
                .openssl("x509 -in leaf.pem -outform DER -out leaf.der")
                .openssl("ecparam -name prime256v1 -genkey -noout -out ec.key")
                .openssl("req -x509 -key ec.key -out ec.pem -days 1 -subj /CN=invented-ec");
    }

    private static SigningCertificate parse(byte[] content, @Nullable String password) {
        try {
            return CertificateParser.parse(content, password);
        } catch (BadCertificateException bad) {
            throw new AssertionError(bad);
        }
    }

    private static String problem(byte[] content, @Nullable String password) {
        return Objects.requireNonNull(catchThrowableOfType(BadCertificateException.class,
                () -> CertificateParser.parse(content, password)), "it was read").clause();
    }

    private static void assertIsLeaf(SigningCertificate read) {
        assertThat(read.leaf().getSubjectX500Principal().getName()).isEqualTo("CN=invented-app");
        assertThat(read.key()).isNotNull();
        assertThat(read.toString()).doesNotContain(String.valueOf(read.key()));
    }

    private static String[] names(SigningCertificate read) {
        return read.chain().stream().map(X509Certificate::getSubjectX500Principal).map(each -> each.getName()).toArray(String[]::new);
    }

    @Nested
    class Pem {

        @Test
        void pkcs8() {
            assertThat(files.text("key.pem")).contains("BEGIN PRIVATE KEY");
            assertIsLeaf(parse(files.joined("key.pem", "leaf.pem"), null));
        }

        @Test
        void pkcs1() {
            assertThat(files.text("pkcs1.pem")).contains("BEGIN RSA PRIVATE KEY");
            assertIsLeaf(parse(files.joined("pkcs1.pem", "leaf.pem"), null));
        }

        @Test
        void aPasswordForWhatIsNotEncryptedDoesNoHarm() {
            assertIsLeaf(parse(files.joined("key.pem", "leaf.pem"), PASSWORD));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "-v2 aes-128-cbc", "-v2prf hmacWithSHA1", "-v2prf hmacWithSHA512",
            "-v1 PBE-SHA1-3DES"})
        void encryptedPkcs8(String scheme) {
            boolean isAsciiOnly = scheme.startsWith("-v1");
            String password = isAsciiOnly ? "invented-password" : PASSWORD;
            files.writes("pass.txt", password).openssl("pkcs8 -topk8 -in key.pem -passout file:pass.txt " + scheme + " -out enc.pem");
            byte[] content = files.joined("enc.pem", "leaf.pem");
            assertThat(files.text("enc.pem")).contains("BEGIN ENCRYPTED PRIVATE KEY");
            assertIsLeaf(parse(content, password));
            assertThat(problem(content, "wrong")).isEqualTo("cannot be decrypted: the password is wrong");
            assertThat(problem(content, null)).isEqualTo("has a key that is encrypted, and no password was given");
        }

        @Test
        void anEncryptionThatTheJdkDoesNotKnowIsNamed() {
            files.openssl("pkcs8 -topk8 -in key.pem -passout pass:invented -v2 aes-192-cbc -out enc192.pem");
            assertThat(problem(files.joined("enc192.pem", "leaf.pem"), "invented"))
                    .isEqualTo("has a key that is encrypted in a way Java does not know");
        }

        @ParameterizedTest
        @ValueSource(strings = {"-aes256", "-aes128", "-des3"})
        void encryptedPkcs1(String cipher) {
            files.writes("pass.txt", PASSWORD)
                    .openssl("rsa -in key.pem -traditional " + cipher + " -passout file:pass.txt -out enc1.pem");
            byte[] content = files.joined("leaf.pem", "enc1.pem");
            assertThat(files.text("enc1.pem")).contains("BEGIN RSA PRIVATE KEY", "DEK-Info");
            assertIsLeaf(parse(content, PASSWORD));
            assertThat(problem(content, "wrong")).isEqualTo("cannot be decrypted: the password is wrong");
            assertThat(problem(content, null)).isEqualTo("has a key that is encrypted, and no password was given");
        }

        @Test
        void theLeafIsTheOneThatTheKeyBelongsToAndTheChainGoesUpFromIt() {
            assertThat(names(parse(files.joined("ca.pem", "ec.pem", "key.pem", "leaf.pem"), null)))
                    .containsExactly("CN=invented-app", "CN=invented-ca");
            assertThat(names(parse(files.joined("leaf.pem", "ca.pem", "key.pem"), null)))
                    .containsExactly("CN=invented-app", "CN=invented-ca");
        }

        @Test
        void textAroundTheBlocksAndLineEndsDoNotMatter() {
            String text = "Bag Attributes\n  friendlyName: invented\n" + new String(files.joined("key.pem", "leaf.pem"), US_ASCII);
            assertIsLeaf(parse(text.replace("\n", "\r\n").getBytes(US_ASCII), null));
            assertIsLeaf(parse(("\uFEFF" + text).getBytes(UTF_16LE), null));
        }

        @Test
        void whatIsMissingOrTooMuchIsNamed() {
            assertThat(problem(files.bytes("leaf.pem"), null)).isEqualTo("has no private key");
            assertThat(problem(files.bytes("key.pem"), null)).isEqualTo("has a private key but no certificate");
            assertThat(problem(files.joined("key.pem", "ca.key", "leaf.pem"), null))
                    .isEqualTo("has 2 private keys, but one is needed");
            assertThat(problem(files.joined("key.pem", "ca.pem"), null)).isEqualTo("has a key that does not belong to its certificate");
        }

        @Test
        void aKeyThatIsNotRsaIsNamed() {
            assertThat(problem(files.joined("ec.key", "ec.pem"), null)).startsWith("has a key of another kind than RSA");
            files.openssl("pkcs8 -topk8 -nocrypt -in ec.key -out ec8.pem");
            assertThat(problem(files.joined("ec8.pem", "ec.pem"), null)).startsWith("has a key of another kind than RSA (EC)");
        }

        @Test
        void aKeyThatIsTooShortIsNamed() {
            files.openssl("req -x509 -newkey rsa:1024 -nodes -keyout short.key -out short.pem -days 1 -subj /CN=short");
            assertThat(problem(files.joined("short.key", "short.pem"), null))
                    .isEqualTo("has an RSA key of 1024 bits, but 2048 are needed");
        }

        @Test
        void aBlockThatIsCutOffIsNamed() {
            String whole = files.text("leaf.pem") + files.text("key.pem");
            assertThat(problem(whole.substring(0, whole.length() - 100).getBytes(US_ASCII), null))
                    .isEqualTo("has a PEM block that does not end");
            assertThat(problem(whole.replace("MII", "M§I").getBytes(US_ASCII), null)).endsWith("is not base64");
        }
    }

    @Nested
    class Pkcs12 {

        @ParameterizedTest
        @ValueSource(strings = {"", "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"})
        void ofOpenSslWithAPassword(String scheme) {
            files.openssl("pkcs12 -export -inkey key.pem -in leaf.pem -certfile ca.pem -passout pass:invented " + scheme
                    + " -out app.p12");
            SigningCertificate read = parse(files.bytes("app.p12"), "invented");
            assertIsLeaf(read);
            assertThat(names(read)).containsExactly("CN=invented-app", "CN=invented-ca");
            assertThat(problem(files.bytes("app.p12"), "wrong")).isEqualTo("cannot be decrypted: the password is wrong");
            assertThat(problem(files.bytes("app.p12"), null)).isEqualTo("is encrypted, and no password was given");
        }

        @Test
        void ofOpenSslWithAnEmptyPassword() {
            files.openssl("pkcs12 -export -inkey key.pem -in leaf.pem -passout pass: -out empty.p12");
            assertIsLeaf(parse(files.bytes("empty.p12"), null));
            assertIsLeaf(parse(files.bytes("empty.p12"), ""));
        }

        @Test
        void ofKeytool() {
            files.keytool("-genkeypair -alias one -keyalg RSA -keysize 2048 -dname CN=invented-app -validity 1 -storetype PKCS12"
                    + " -keystore tool.p12 -storepass invented");
            assertIsLeaf(parse(files.bytes("tool.p12"), "invented"));
            files.keytool("-genkeypair -alias two -keyalg RSA -keysize 2048 -dname CN=other -validity 1 -storetype PKCS12"
                    + " -keystore tool.p12 -storepass invented");
            assertThat(problem(files.bytes("tool.p12"), "invented")).isEqualTo("has 2 private keys, but one is needed");
        }

        @Test
        void withoutAKey() {
            files.keytool("-importcert -noprompt -alias ca -file ca.pem -storetype PKCS12 -keystore trust.p12 -storepass invented");
            assertThat(problem(files.bytes("trust.p12"), "invented")).isEqualTo("has no private key");
        }

        @Test
        void withAKeyThatIsNotRsa() {
            files.keytool("-genkeypair -alias ec -keyalg EC -groupname secp256r1 -dname CN=ec -validity 1 -storetype PKCS12"
                    + " -keystore ec.p12 -storepass invented");
            assertThat(problem(files.bytes("ec.p12"), "invented")).isEqualTo("has a key of another kind than RSA (EC)");
        }
    }

    @Test
    void whatIsNeitherIsNamed() {
        assertThat(problem(new byte[0], null)).isEqualTo("is empty");
        assertThat(problem("invented nonsense".getBytes(US_ASCII), null)).isEqualTo("is neither PEM nor PKCS#12");
        assertThat(problem(files.bytes("leaf.der"), null)).isEqualTo("has no private key");
    }

    @Test
    void aCertificateWhoseKeyIsElsewhereNeedsNone() throws BadCertificateException {
        assertThat(names(CertificateParser.parsePublic(files.joined("leaf.pem", "ca.pem"))))
                .containsExactly("CN=invented-app", "CN=invented-ca");
        assertThat(CertificateParser.parsePublic(files.bytes("leaf.der")).key()).isNull();
        assertThat(catchThrowableOfType(BadCertificateException.class,
                () -> CertificateParser.parsePublic(files.bytes("key.pem")))).hasMessage("has no certificate");
    }
}
