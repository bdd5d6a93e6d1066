package dev.monocred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monocred.testing.FakeEntra;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Programs that use the real {@code @azure/msal-node}, each run a process of its own; all keep their tokens in one file.
 */
final class MsalNode {

    private static final String REDIRECT = "http://localhost:8400";

    private final FakeEntra entra;
    private final Path cache;
    private final Path certificate;
    private final Path program;

    private MsalNode(FakeEntra entra, Path cache, Path certificate, Path program) {
        this.entra = entra;
        this.cache = cache;
        this.certificate = certificate;
        this.program = program;
    }

    /** Skips the test, with a reason, where there is no Node. */
    static MsalNode with(FakeEntra entra, Path home, String cache) throws Exception {
        Path program = NodePackages.installed("msal-node").resolve("client.mjs");
        Path folder = Files.createDirectories(home.resolve(".IdentityService"));
        return new MsalNode(entra, folder.resolve(cache), Files.writeString(home.resolve("fake.pem"), entra.certificatePem()),
                program);
    }

    private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("msal-node", ".log");
        try {
            Process process = builder.redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(printed + Files.readString(errors)).isZero();
            return printed;
        } finally {
            Files.delete(errors);
        }
    }

    /** Somebody signs in to a program. */
    JsonNode signsIn(String scope) throws Exception {
        return runs(told(scope).put("code", entra.authorizationCode(REDIRECT)).put("redirectUri", REDIRECT));
    }

    /** A program starts after somebody has signed in: {@code fromCache} says whether it needed no request. */
    JsonNode getsTokenSilently(String scope, boolean refresh) throws Exception {
        return runs(told(scope).put("refresh", refresh));
    }

    private ObjectNode told(String scope) {
        ObjectNode told = JsonNodeFactory.instance.objectNode().put("authority", entra.authorityHost() + "/" + FakeEntra.TENANT_ID)
                .put("clientId", FakeEntra.CLIENT_ID).put("cache", cache.toString());
        told.putArray("scopes").add(scope);
        return told;
    }

    private JsonNode runs(ObjectNode told) throws Exception {
        ProcessBuilder node = new ProcessBuilder("node", program.toString(), told.toString());
        node.environment().put("NODE_EXTRA_CA_CERTS", certificate.toString());
        return SignedInElsewhere.json(run(node));
    }

    Path cache() {
        return cache;
    }
}
