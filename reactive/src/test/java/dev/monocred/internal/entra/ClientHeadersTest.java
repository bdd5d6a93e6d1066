package dev.monocred.internal.entra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClientHeadersTest {

    @Test
    void theVersionIsTheBuilds() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .containsPattern("<version>" + ClientHeaders.VERSION.replace(".", "\\.") + "(-SNAPSHOT)?</version>");
    }

    @Test
    void withoutANameOfTheApplicationOnlyOursIsSent() {
        assertThat(new ClientHeaders(null, () -> 0).get().get("User-Agent")).startsWith("monocred/");
    }
}
