package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Assertions made with the JDK alone, each wrong in one way. */
class ClientAssertionsTest {

    private static final HeldCertificate HELD = new HeldCertificate.Builder().rsa2048().build();
    private static final HeldCertificate OTHER = new HeldCertificate.Builder().rsa2048().build();
    private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

    private final ManualTime time = ManualTime.startingAt(NOW);
    private final FakeEntra entra = FakeEntra.start(time);
    private final Client client = new Client(entra);

    @AfterEach
    void close() {
        entra.close();
    }

    /** What is signed, and by whom. */
    private final class Assertion {
        private final ObjectNode header = JsonNodeFactory.instance.objectNode().put("alg", "RS256").put("typ", "JWT")
                .put("x5t#S256", thumbprint());
        private final ObjectNode claims = JsonNodeFactory.instance.objectNode()
                .put("aud", entra.authorityHost() + "/" + FakeEntra.TENANT_ID + "/oauth2/v2.0/token")
                .put("iss", FakeEntra.CLIENT_ID).put("sub", FakeEntra.CLIENT_ID).put("jti", "one")
                .put("nbf", NOW.getEpochSecond()).put("iat", NOW.getEpochSecond()).put("exp", NOW.getEpochSecond() + 600);
        private HeldCertificate signer = HELD;

        private String text() {
            String input = base64(header.toString().getBytes(StandardCharsets.UTF_8)) + "."
                    + base64(claims.toString().getBytes(StandardCharsets.UTF_8));
            try {
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initSign(signer.keyPair().getPrivate());
                signature.update(input.getBytes(StandardCharsets.US_ASCII));
                return input + "." + base64(signature.sign());
            } catch (GeneralSecurityException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String thumbprint() {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(HELD.certificate().getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Answer post(String assertion) {
        Map<String, String> form = Client.form();
        form.remove("client_secret");
        form.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form.put("client_assertion", assertion);
        return client.post(form);
    }

    @Test
    void acceptsWhatARegisteredCertificateSignedOnce() {
        entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, HELD.certificate());
        String assertion = new Assertion().text();
        assertThat(post(assertion).status()).isEqualTo(200);
        assertThat(post(assertion).json().path("error_description").asText()).contains("used before");
    }

    @Test
    void refusesTheCertificateOfNobody() {
        assertThat(post(new Assertion().text()).json().path("error_codes").path(0).asLong()).isEqualTo(700027);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("another's signature", 700027, it -> it.signer = OTHER),
                wrong("another algorithm than it says", 700027, it -> it.header.put("alg", "PS256")),
                wrong("no algorithm", 700027, it -> it.header.put("alg", "none")),
                wrong("a padded thumbprint", 700027, it -> it.header.put("x5t#S256", thumbprint() + "=")),
                wrong("a key id", 700027, it -> it.header.put("kid", "a")),
                wrong("no type", 700027, it -> it.header.remove("typ")),
                wrong("another's chain", 700027, it -> it.header.putArray("x5c").add("AAAA")),
                wrong("another audience", 700023, it -> it.claims.put("aud", "https://elsewhere.invalid")),
                wrong("a list of audiences", 700023, it -> it.claims.putArray("aud").add(it.claims.path("aud").asText())),
                wrong("another issuer", 700021, it -> it.claims.put("iss", "a")),
                wrong("another subject", 700021, it -> it.claims.put("sub", "a")),
                wrong("its end reached", 700024, it -> it.claims.put("exp", NOW.getEpochSecond())),
                wrong("an end too far", 700024, it -> it.claims.put("exp", NOW.getEpochSecond() + 90_000)),
                wrong("a beginning ahead", 700024, it -> it.claims.put("nbf", NOW.getEpochSecond() + 1)),
                wrong("a time as text", 700024, it -> it.claims.put("nbf", String.valueOf(NOW.getEpochSecond()))),
                wrong("no id", 700025, it -> it.claims.remove("jti")));
    }

    private static Arguments wrong(String what, long code, Consumer<Assertion> change) {
        return Arguments.of(what, code, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void refusesAnAssertionWith(String what, long code, Consumer<Assertion> change) {
        entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, HELD.certificate());
        Assertion assertion = new Assertion();
        change.accept(assertion);
        Answer answer = post(assertion.text());
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().path("error_codes").path(0).asLong()).as(answer.body()).isEqualTo(code);
    }

    @Test
    void acceptsAWorkloadsAssertionUntilItEnds() {
        String assertion = entra.federatedAssertion();
        assertThat(post(assertion).status()).isEqualTo(200);
        assertThat(post(assertion).status()).as("used again").isEqualTo(200);
        time.advance(Duration.ofHours(1));
        assertThat(post(assertion).json().path("error_codes").path(0).asLong()).isEqualTo(700024);
    }

    @Test
    void refusesATokenInPlaceOfAWorkloadsAssertion() {
        assertThat(post(client.post().token()).json().path("error_codes").path(0).asLong()).isEqualTo(700211);
    }

    @Test
    void aCertificateAloneMakesAnApplication() {
        entra.registers("contoso.example", "my-app", HELD.certificate());
        Map<String, String> form = Client.form();
        form.put("client_id", "my-app");
        assertThat(client.post("contoso.example", form).json().path("error_codes").path(0).asLong()).isEqualTo(7000215);
    }
}
