package dev.monocred;

import static dev.monocred.testing.FakeAnswer.isDown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedTokenRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@SuppressWarnings("NullAway.Init")
class CertificateCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String OTHER_TENANT = "44444444-4444-4444-4444-444444444444";
    private static final String PASSWORD = "invented-password";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static CertificateFiles files;

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final Set<TokenCredential> used = new LinkedHashSet<>();

    @BeforeAll
    static void make(@TempDir Path directory) {
        files = new CertificateFiles(directory).makes("app").makes("next")
                .openssl("pkcs8 -topk8 -in app.key -passout pass:" + PASSWORD + " -out enc.key")
                .openssl("rsa -in app.key -traditional -out old.key")
                .openssl("rsa -in app.key -traditional -aes256 -passout pass:" + PASSWORD + " -out oldenc.key")
                .openssl("pkcs12 -export -inkey app.key -in app.crt -passout pass: -out open.p12")
                .openssl("pkcs12 -export -inkey app.key -in app.crt -passout pass:" + PASSWORD + " -out app.p12")
                .openssl("ecparam -name prime256v1 -genkey -noout -out ec.key")
                .openssl("req -x509 -key ec.key -out ec.crt -days 1 -subj /CN=ec")
                .openssl("x509 -in app.crt -outform DER -out app.der")
                .openssl("pkcs8 -topk8 -nocrypt -in app.key -outform DER -out app.pk8")
                .joins("enc.pem", "app.crt", "enc.key").joins("old.pem", "old.key", "app.crt").joins("oldenc.pem", "oldenc.key", "app.crt")
                .joins("ec.pem", "ec.key", "ec.crt").joins("mixed.pem", "app.key", "next.crt").writes("empty.pem", new byte[0])
                .joins("chain.pem", "next.crt", "app.key", "app.crt");
    }

    @BeforeEach
    void register() {
        entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, files.certificate("app"));
    }

    @AfterEach
    void stop() {
        used.forEach(each -> each.close().block());
        entra.close();
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private CertificateCredential.Builder builder() {
        return CertificateCredential.builder().tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(time.scheduler());
    }

    private String get(CertificateCredential credential) {
        used.add(credential);
        return credential.getToken(SCOPE).blockOptional().orElseThrow().token();
    }

    private ClientAuthenticationException failure(CertificateCredential credential) {
        used.add(credential);
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class,
                () -> credential.getToken(SCOPE).block()), "it did not fail");
    }

    private static String assertion(RecordedTokenRequest request) {
        return request.form().getOrDefault("client_assertion", "");
    }

    private static JsonNode part(RecordedTokenRequest request, int index) {
        try {
            return JSON.readTree(Base64.getUrlDecoder().decode(assertion(request).split("\\.", -1)[index]));
        } catch (IOException notJson) {
            throw new AssertionError(notJson);
        }
    }

    private void refresh(CertificateCredential credential) {
        time.advance(Duration.ofHours(2));
        get(credential);
    }

    @Nested
    class Accepts {

        @ParameterizedTest
        @ValueSource(strings = {"app.pem", "old.pem", "open.p12", "chain.pem"})
        void everyContainerWithoutAPassword(String file) {
            assertThat(get(builder().certificatePath(files.path(file)).build())).isNotBlank();
            assertThat(get(builder().certificateData(files.bytes(file)).build())).isNotBlank();
        }

        @ParameterizedTest
        @ValueSource(strings = {"enc.pem", "oldenc.pem", "app.p12"})
        void everyContainerWithAPassword(String file) {
            assertThat(get(builder().certificatePath(files.path(file).toString()).password(PASSWORD).build())).isNotBlank();
            assertThat(get(builder().certificateData(files.bytes(file)).password(PASSWORD.getBytes(StandardCharsets.UTF_8)).build()))
                    .isNotBlank();
        }

        @ParameterizedTest
        @EnumSource
        void everyAlgorithm(AssertionAlgorithm algorithm) {
            get(builder().certificatePath(files.path("app.pem")).assertionAlgorithm(algorithm).build());
            JsonNode header = part(entra.requests().get(0), 0);
            assertThat(header.path("alg").asText()).isEqualTo(algorithm == AssertionAlgorithm.PS256 ? "PS256" : "RS256");
            assertThat(header.has("x5t")).isEqualTo(algorithm == AssertionAlgorithm.RS256_SHA1_THUMBPRINT);
            assertThat(header.has("x5t#S256")).isNotEqualTo(header.has("x5t"));
            assertThat(header.has("kid")).isFalse();
        }
    }

    @Nested
    class OnTheWire {

        @Test
        void aSignedAssertionStandsInPlaceOfTheSecret() {
            get(builder().certificatePath(files.path("app.pem")).build());
            RecordedTokenRequest request = entra.requests().get(0);
            assertThat(request.form()).containsOnlyKeys("client_id", "client_assertion", "client_assertion_type", "grant_type", "scope")
                    .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            JsonNode claims = part(request, 1);
            assertThat(claims.path("aud").asText()).isEqualTo(entra.authorityHost() + request.path());
            assertThat(claims.path("exp").asLong() - claims.path("nbf").asLong()).isEqualTo(600);
            assertThat(part(request, 0).path("alg").asText()).as("by default").isEqualTo("PS256");
        }

        @Test
        void theAudienceIsTheEndpointOfTheTenantThatIsAsked() {
            entra.registers(OTHER_TENANT, FakeEntra.CLIENT_ID, files.certificate("app"));
            CertificateCredential credential = builder().certificatePath(files.path("app.pem")).additionallyAllowedTenants("*").build();
            get(credential);
            credential.getToken(TokenRequestContext.of(SCOPE).withTenantId(OTHER_TENANT)).block();
            assertThat(part(entra.requests().get(1), 1).path("aud").asText()).contains(OTHER_TENANT);
        }

        /** entra.md checklist 54: a server that remembers ids refuses a repeated one, also after an outage. */
        @Test
        void eachAttemptHasAnAssertionOfItsOwn() {
            entra.next(isDown(503));
            CertificateCredential credential = builder().certificatePath(files.path("app.pem"))
                    .scheduler(Schedulers.parallel()).build();
            get(credential);
            refresh(credential);
            Set<String> ids = entra.requests().stream().map(each -> part(each, 1).path("jti").asText()).collect(Collectors.toSet());
            assertThat(ids).hasSize(3);
        }

        @Test
        void theChainGoesAlongWhenAskedFor() throws GeneralSecurityException {
            get(builder().certificatePath(files.path("chain.pem")).sendCertificateChain(true).build());
            get(builder().certificatePath(files.path("chain.pem")).build());
            assertThat(part(entra.requests().get(0), 0).path("x5c").path(0).asText())
                    .isEqualTo(Base64.getEncoder().encodeToString(files.certificate("app").getEncoded()));
            assertThat(part(entra.requests().get(1), 0).has("x5c")).isFalse();
        }

        /** entra.md checklist 31. */
        @Test
        void adFsGetsWhatItKnows() {
            entra.registers("adfs", FakeEntra.CLIENT_ID, files.certificate("app"));
            get(builder().tenantId("adfs").certificatePath(files.path("app.pem")).build());
            assertThat(part(entra.requests().get(0), 0).path("alg").asText()).isEqualTo("RS256");
            assertThat(part(entra.requests().get(0), 0).has("x5t")).isTrue();
            assertThat(entra.requests().get(0).path()).isEqualTo("/adfs/oauth2/token");
        }
    }

    @Nested
    class WhenTheFileChanges {

        private final Path file = files.path("rotating.pem");
        private final CertificateCredential credential = builder().certificatePath(file).build();
        private final ListAppender<ILoggingEvent> log = new ListAppender<>();

        @BeforeEach
        void begin() {
            log.start();
            ((Logger) LoggerFactory.getLogger("dev.monocred")).addAppender(log);
            files.joins("rotating.pem", "app.pem");
            get(credential);
        }

        @AfterEach
        void end() {
            ((Logger) LoggerFactory.getLogger("dev.monocred")).detachAppender(log);
        }

        private String thumbprint() {
            return part(entra.requests().get(entra.tokenRequests() - 1), 0).path("x5t#S256").asText();
        }

        @Test
        void theNextAcquisitionUsesTheNewCertificate() {
            String before = thumbprint();
            entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, files.certificate("next"));
            files.joins("rotating.pem", "next.pem");
            refresh(credential);
            assertThat(thumbprint()).isNotEqualTo(before);
        }

        @Test
        void aHalfWrittenFileKeepsTheOldCertificateAndWarns() {
            String before = thumbprint();
            byte[] whole = files.bytes("next.pem");
            files.writes("rotating.pem", Arrays.copyOf(whole, whole.length / 2));
            refresh(credential);
            assertThat(thumbprint()).isEqualTo(before);
            assertThat(log.list).filteredOn(event -> event.getLevel().toString().equals("WARN")).singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage()).contains("rotating.pem", "used on"));
        }

        @Test
        void aFileThatIsGoneKeepsTheOldCertificate() throws IOException {
            Files.delete(file);
            refresh(credential);
            assertThat(entra.tokenRequests()).isEqualTo(2);
        }
    }

    @Nested
    class WithAKeyThatIsElsewhere {

        private final List<String> threads = new CopyOnWriteArrayList<>();

        private Mono<byte[]> sign(byte[] bytes) {
            threads.add(Thread.currentThread().getName());
            return Mono.fromCallable(() -> {
                Signature rsa = Signature.getInstance("SHA256withRSA");
                rsa.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(files.bytes("app.pk8"))));
                rsa.update(bytes);
                return rsa.sign();
            });
        }

        @Test
        void theApplicationsSignerSignsOnAThreadThatMayBlock() {
            get(builder().certificateData(files.bytes("app.crt")).assertionAlgorithm(AssertionAlgorithm.RS256).signer(this::sign)
                    .build());
            assertThat(threads).singleElement().asString().startsWith("monocred-io");
        }

        @Test
        void aSignerThatFailsIsNamed() {
            Function<byte[], Mono<byte[]>> closed = bytes -> Mono.error(new IllegalStateException("the vault is closed"));
            assertThat(failure(builder().certificatePath(files.path("app.crt")).signer(closed).build()))
                    .hasMessageContaining("signature").hasRootCauseMessage("the vault is closed");
            assertThat(failure(builder().certificatePath(files.path("app.crt")).signer(bytes -> Mono.empty()).build()))
                    .hasMessageContaining("gave no signature");
            assertThat(entra.tokenRequests()).isZero();
        }
    }

    @Nested
    class WhenItCannotBeUsed {

        private void assertRefused(String file, UnaryOperator<CertificateCredential.Builder> more, String clause) {
            assertThat(failure(more.apply(builder().certificatePath(files.path(file))).build()))
                    .hasMessageStartingWith("CertificateCredential: the certificate file " + files.path(file) + " ")
                    .hasMessageContaining(clause);
            if (Files.isRegularFile(files.path(file))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> more.apply(builder().certificateData(files.bytes(file))).build())
                        .withMessageContainingAll("CertificateCredential", "certificateData", clause);
            }
            assertThat(entra.tokenRequests()).isZero();
        }

        @Test
        void aWrongPasswordIsNamed() {
            assertRefused("enc.pem", it -> it.password("wrong"), "the password is wrong");
            assertRefused("oldenc.pem", it -> it.password("wrong"), "the password is wrong");
            assertRefused("app.p12", it -> it.password("wrong"), "the password is wrong");
            assertRefused("app.p12", it -> it, "no password was given");
        }

        @Test
        void whatItHoldsInsteadIsNamed() {
            assertRefused("mixed.pem", it -> it, "has a key that does not belong to its certificate");
            assertRefused("ec.pem", it -> it, "has a key of another kind than RSA");
            assertRefused("empty.pem", it -> it, "is empty");
            assertRefused("app.der", it -> it, "has no private key");
            assertRefused("app.crt", it -> it, "has no private key");
        }

        @Test
        void aFileThatIsNoneIsNamed() throws IOException {
            Files.createDirectories(files.path("directory.pem"));
            assertRefused("directory.pem", it -> it, "is a directory");
            assertRefused("missing.pem", it -> it, "does not exist");
        }

        @Test
        void aHugeFileIsNotReadWhole() throws IOException {
            try (RandomAccessFile huge = new RandomAccessFile(files.path("huge.pem").toFile(), "rw")) {
                huge.setLength(100L << 20);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            assertThat(failure(builder().certificatePath(files.path("huge.pem")).build()))
                    .hasMessageContainingAll("huge.pem", "larger than 1 MiB");
            Files.delete(files.path("huge.pem"));
        }

        @Test
        void anExpiredCertificateIsNamedAlsoIfItExpiresWhileInUse() {
            time.advance(Duration.ofDays(7400));
            assertRefused("app.pem", it -> it, "expired on 20");
        }

        @Test
        void aFileThatAppearsLaterIsUsedByTheNextRequest() {
            CertificateCredential credential = builder().certificatePath(files.path("late.pem")).build();
            failure(credential);
            files.joins("late.pem", "app.pem");
            refresh(credential);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void bothNeitherAndTheRestAreNamedAtBuild() {
            assertThatIllegalArgumentException().isThrownBy(() -> CertificateCredential.builder().build())
                    .withMessageContainingAll("tenantId", "clientId", "certificatePath or certificateData");
            assertThatIllegalArgumentException().isThrownBy(() -> builder().certificatePath(files.path("app.pem"))
                    .certificateData(files.bytes("app.pem")).build()).withMessageContaining("not both");
            assertThatIllegalArgumentException().isThrownBy(() -> builder().password(new byte[] {-1, -2}));
        }
    }
}
