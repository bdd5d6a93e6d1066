package dev.monocred.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.spi.TokenEventListener;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import reactor.netty.http.client.HttpClient;

/** Everything else here runs on the class path, where a missing {@code requires} does not show. */
class ModulePathTest {

    @Test
    void anHttpsClientLoadsOnTheModulePath() throws Exception {
        Path module = Modules.location(TokenEventListener.class);
        String modules = module + File.pathSeparator + Modules.runtimeClassPath(module);
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p", modules, "--add-modules", "dev.monocred.reactive",
                "-cp", Modules.location(Probe.class).toString(), Probe.class.getName())
                .redirectErrorStream(true).start();
        java.getOutputStream().close();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output).contains("Connection refused").doesNotContain("NoClassDefFoundError");
    }

    /** Gets as far as anybody gets at a port where nobody listens. */
    static final class Probe {

        private Probe() {}

        public static void main(String[] arguments) {
            try {
                HttpClient.create().remoteAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
                        .secure().get().uri("/").response().block();
            } catch (Throwable e) {
                System.out.println(e);
            }
            System.exit(0);
        }
    }
}
