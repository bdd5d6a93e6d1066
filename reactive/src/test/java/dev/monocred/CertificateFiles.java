package dev.monocred;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Keys and certificates made by the real {@code openssl} in one directory, and thrown away with it. */
final class CertificateFiles {

    private final Path directory;

    CertificateFiles(Path directory) {
        this.directory = directory;
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, "openssl"))),
                "there is no openssl on this machine");
    }

    /** A key {@code NAME.key}, a certificate {@code NAME.crt}, and both in {@code NAME.pem}. */
    CertificateFiles makes(String name) {
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout " + name + ".key -out " + name + ".crt -days 7500 -subj /CN=" + name);
        return joins(name + ".pem", name + ".key", name + ".crt");
    }

    /** Runs {@code openssl} in the directory; the arguments are separated by spaces. */
    CertificateFiles openssl(String arguments) {
        List<String> command = Stream.concat(Stream.of("openssl"), Stream.of(arguments.split(" +"))).toList();
        try {
            Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + said);
            }
            return this;
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(command.toString(), failed);
        }
    }

    /** Writes files one after the other into another. */
    CertificateFiles joins(String target, String... sources) {
        return writes(target, Stream.of(sources).map(this::text).reduce("", String::concat).getBytes(StandardCharsets.US_ASCII));
    }

    CertificateFiles writes(String target, byte[] content) {
        try {
            Files.write(path(target), content);
            return this;
        } catch (IOException failed) {
            throw new AssertionError(target, failed);
        }
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    byte[] bytes(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException failed) {
            throw new AssertionError(name, failed);
        }
    }

    String text(String name) {
        return new String(bytes(name), StandardCharsets.US_ASCII);
    }

    X509Certificate certificate(String name) {
        try (InputStream in = Files.newInputStream(path(name + ".crt"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | GeneralSecurityException failed) {
            throw new AssertionError(name, failed);
        }
    }
}
