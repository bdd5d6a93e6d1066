package dev.monocred.examples.entraflows;

import dev.monocred.CertificateCredential;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A service with a certificate: a PKCS#12 file, made here by the JDK's own {@code keytool}. */
final class CertificateFlow implements Flow {

    private static final String PASSWORD = "invented-password";

    @Override
    public Mono<String> run(FakeEntra entra) {
        return Mono.fromCallable(CertificateFlow::newFile).subscribeOn(Schedulers.boundedElastic())
                .flatMap(file -> run(entra, file));
    }

    private static Mono<String> run(FakeEntra entra, Path file) {
        entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, certificate(file));

        CertificateCredential credential = CertificateCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .certificatePath(file).password(PASSWORD)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).build();

        return Mono.usingWhen(Mono.just(credential), it -> it.getToken("https://vault.azure.net/.default"), TokenCredential::close)
                .map(token -> "a token that expires at " + token.expiresAt() + "\nfor an assertion that the key in "
                        + file.getFileName() + " signed; renew the file, and the next request uses it");
    }

    private static Path newFile() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("entra-flows");
        Path file = directory.resolve("service.p12");
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "service",
                "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=service", "-validity", "1", "-storetype", "PKCS12",
                "-keystore", file.toString(), "-storepass", PASSWORD)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        directory.toFile().deleteOnExit();
        file.toFile().deleteOnExit();
        return file;
    }

    private static X509Certificate certificate(Path file) {
        try {
            return (X509Certificate) KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray()).getCertificate("service");
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
