package dev.monocred.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.UUID;

/** A key for "localhost", made for one run, and the trust store that goes with it. */
record TestCertificate(Path keys, Path trust, String password) {

    static TestCertificate make(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        TestCertificate made = new TestCertificate(directory.resolve("keys.p12"), directory.resolve("trust.p12"),
                UUID.randomUUID().toString());
        Files.deleteIfExists(made.keys);
        int exit = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "bench", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=localhost",
                "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "2", "-storetype", "PKCS12",
                "-keystore", made.keys.toString(), "-storepass", made.password).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("keytool ended with " + exit);
        }
        made.writeTrust();
        return made;
    }

    private void writeTrust() throws IOException, GeneralSecurityException {
        KeyStore own = KeyStore.getInstance(keys.toFile(), password.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("bench", own.getCertificate("bench"));
        try (var out = Files.newOutputStream(trust)) {
            trusted.store(out, password.toCharArray());
        }
    }

    List<String> trustFlags() {
        return List.of("-Djavax.net.ssl.trustStore=" + trust, "-Djavax.net.ssl.trustStorePassword=" + password,
                "-Djavax.net.ssl.trustStoreType=PKCS12");
    }
}
