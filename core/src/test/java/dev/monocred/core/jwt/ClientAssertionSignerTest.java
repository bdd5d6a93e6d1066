package dev.monocred.core.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything recomputed with the JDK alone (entra.md checklist 29 to 31). */
@SuppressWarnings("NullAway.Init")
class ClientAssertionSignerTest {

    private static final URI ENDPOINT = URI.create("https://login.example.com/t/oauth2/v2.0/token");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.999Z");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static SigningCertificate certificate;

    @BeforeAll
    static void make(@TempDir Path directory) throws BadCertificateException {
        KeyFiles files = new KeyFiles(directory)
                .openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=invented-ca")
                .openssl("req -new -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=invented-app")
                .openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -out leaf.pem");
        certificate = CertificateParser.parse(files.joined("ca.pem", "leaf.pem", "key.pem"), null);
    }

    private static String unsigned(ClientAssertionSigner signer) {
        return signer.unsigned("invented-client", ENDPOINT, NOW, "invented-id");
    }

    private static JsonNode part(String jwt, int index) throws IOException {
        return JSON.readTree(Base64.getUrlDecoder().decode(jwt.split("\\.", -1)[index]));
    }

    private static String thumbprint(String algorithm) throws GeneralSecurityException {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(MessageDigest.getInstance(algorithm).digest(certificate.leaf().getEncoded()));
    }

    private static boolean verifies(String jwt, boolean isPss) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(isPss ? "RSASSA-PSS" : "SHA256withRSA");
        if (isPss) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        int dot = jwt.lastIndexOf('.');
        signature.initVerify(certificate.leaf().getPublicKey());
        signature.update(jwt.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(Base64.getUrlDecoder().decode(jwt.substring(dot + 1)));
    }

    @Test
    void ps256IsSignedWithPssAndNamesTheCertificateBySha256() throws IOException, GeneralSecurityException {
        ClientAssertionSigner signer = new ClientAssertionSigner(certificate, AssertionAlgorithm.PS256, false);
        String jwt = signer.sign(unsigned(signer));
        assertThat(verifies(jwt, true)).isTrue();
        assertThat(part(jwt, 0)).isEqualTo(JSON.createObjectNode().put("alg", "PS256").put("typ", "JWT")
                .put("x5t#S256", thumbprint("SHA-256")));
        assertThat(jwt).doesNotContain("=", "+", "/");
    }

    @Test
    void rs256CanNameTheCertificateByEitherDigest() throws IOException, GeneralSecurityException {
        ClientAssertionSigner signer = new ClientAssertionSigner(certificate, AssertionAlgorithm.RS256, false);
        String jwt = signer.sign(unsigned(signer));
        assertThat(verifies(jwt, false)).isTrue();
        assertThat(part(jwt, 0)).isEqualTo(JSON.createObjectNode().put("alg", "RS256").put("typ", "JWT")
                .put("x5t#S256", thumbprint("SHA-256")));

        ClientAssertionSigner old = new ClientAssertionSigner(certificate, AssertionAlgorithm.RS256_SHA1_THUMBPRINT, false);
        String forAdfs = old.sign(unsigned(old));
        assertThat(verifies(forAdfs, false)).isTrue();
        assertThat(part(forAdfs, 0)).isEqualTo(JSON.createObjectNode().put("alg", "RS256").put("typ", "JWT")
                .put("x5t", thumbprint("SHA-1")));
    }

    @Test
    void claimsAreThoseOfTheProfileWithWholeSeconds() throws IOException {
        ClientAssertionSigner signer = new ClientAssertionSigner(certificate, AssertionAlgorithm.PS256, false);
        long now = NOW.getEpochSecond();
        assertThat(part(unsigned(signer), 1)).isEqualTo(JSON.readTree(JSON.createObjectNode().put("aud", ENDPOINT.toString())
                .put("iss", "invented-client").put("sub", "invented-client").put("jti", "invented-id")
                .put("iat", now).put("nbf", now).put("exp", now + 600).toString()));
    }

    @Test
    void theChainGoesAlongWhenAskedForLeafFirstInStandardBase64() throws IOException, GeneralSecurityException {
        ClientAssertionSigner signer = new ClientAssertionSigner(certificate, AssertionAlgorithm.PS256, true);
        JsonNode chain = part(unsigned(signer), 0).path("x5c");
        assertThat(chain).hasSize(2);
        assertThat(chain.path(0).asText()).isEqualTo(Base64.getEncoder().encodeToString(certificate.chain().get(0).getEncoded()));
        assertThat(chain.path(1).asText()).isEqualTo(Base64.getEncoder().encodeToString(certificate.chain().get(1).getEncoded()));
    }

    @Test
    void whereTheKeyIsElsewhereOnlyAnotherCanSign() {
        ClientAssertionSigner signer = new ClientAssertionSigner(new SigningCertificate(certificate.chain(), null),
                AssertionAlgorithm.PS256, false);
        assertThatIllegalStateException().isThrownBy(() -> signer.sign(unsigned(signer)));
        assertThat(signer.toString()).contains("elsewhere");
    }
}
