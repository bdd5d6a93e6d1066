package dev.monocred.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.spi.TokenEventListener;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** What a user's program loads because of {@code monocred-reactive} (DESIGN 6): one more jar is a decision, not an accident. */
class RuntimeJarsTest {

    private static final List<String> JARS = List.of(
            "jackson-annotations", "jackson-core", "jackson-databind", "jspecify", "monocred-core", "monocred-reactive",
            "netty-buffer", "netty-codec-base", "netty-codec-classes-quic", "netty-codec-compression", "netty-codec-dns",
            "netty-codec-http", "netty-codec-http2", "netty-codec-socks", "netty-common", "netty-handler",
            "netty-handler-proxy", "netty-resolver", "netty-resolver-dns", "netty-resolver-dns-classes-macos",
            "netty-resolver-dns-native-macos-osx-x86_64", "netty-transport", "netty-transport-classes-epoll",
            "netty-transport-native-epoll-linux-x86_64", "netty-transport-native-unix-common", "nimbus-jose-jwt",
            "reactive-streams", "reactor-core", "reactor-netty-core", "reactor-netty-http", "slf4j-api");

    /** The design's 12 MB, and what Reactor Netty's need of the QUIC classes takes beyond it; our own share is 0.8 MB. */
    private static final long MAX_BYTES = 12_000_000 + 265_345;

    private static final Pattern VERSION = Pattern.compile("-\\d[\\w.]*(-SNAPSHOT)?(?=(-[a-z]+-[a-z]\\w+)?$)");

    private static final Path MODULE = Modules.location(TokenEventListener.class);

    private final List<Path> jars = Stream.concat(Stream.of(MODULE),
            Stream.of(Modules.runtimeClassPath(MODULE).split(File.pathSeparator)).map(Path::of)).toList();

    @Test
    void theyAreExactlyThese() {
        assertThat(jars).extracting(RuntimeJarsTest::nameOf).containsExactlyInAnyOrderElementsOf(JARS);
    }

    @Test
    void theyFitIntoTwelveMegabytesAndTheQuicClasses() {
        long bytes = jars.stream().mapToLong(RuntimeJarsTest::sizeOf).sum();
        System.out.printf("monocred-reactive at run time: %d jars, %.1f MB%n", jars.size(), bytes / 1e6);
        assertThat(bytes).isBetween(1_000_000L, MAX_BYTES);
    }

    /** Our own modules are folders of classes until they are packaged. */
    private static String nameOf(Path jar) {
        if (Files.isDirectory(jar)) {
            return Modules.descriptor(jar).name().replace("dev.monocred.", "monocred-");
        }
        return VERSION.matcher(jar.getFileName().toString().replace(".jar", "")).replaceFirst("");
    }

    /** A folder counts as the jar that it will be. */
    private static long sizeOf(Path jar) {
        try {
            return Files.isDirectory(jar) ? packed(jar).size() : Files.size(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteArrayOutputStream packed(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(folder); ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return bytes;
    }
}
