package dev.monocred;

import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.TokenCredentialContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class CertificateCredentialContractTest implements TokenCredentialContract {

    private static final String PASSWORD = "invented-password";

    private static CertificateFiles files;

    @BeforeAll
    static void make(@TempDir Path directory) {
        files = new CertificateFiles(directory).makes("app")
                .openssl("pkcs8 -topk8 -in app.key -passout pass:" + PASSWORD + " -out enc.key").joins("enc.pem", "enc.key", "app.crt");
    }

    @Override
    public Subject newSubject() {
        return new EntraSubject<>(CertificateCredential.builder(), CertificateCredentialContractTest::own,
                CertificateCredential.Builder::build, PASSWORD, files.text("app.key").lines().skip(1).findFirst().orElseThrow());
    }

    private static CertificateCredential.Builder own(FakeEntra entra, CertificateCredential.Builder builder) {
        entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, files.certificate("app"));
        return builder.certificatePath(files.path("enc.pem")).password(PASSWORD);
    }
}
