package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.disconnectsMidBody;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.FakeAnswer.throttles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** DESIGN 5: with every logger at TRACE, a planted secret is in no log line, no exception and nothing that is printed. */
class NothingSecretIsLoggedTest {

    private static final String SECRET = "planted~secret+7f3c";
    private static final String SCOPE = "https://vault.azure.net/.default";

    private final EverythingLogged logged = new EverythingLogged();

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void whateverTheServerAnswers() {
        List<FakeAnswer> answers = List.of(issues(), refuses("invalid_client", 7000215, "The secret " + SECRET + " is wrong."),
                throttles(Duration.ofMinutes(5)), isDown(503), disconnectsMidBody(), answers(200, "{\"access_token\":\"" + SECRET),
                answers(200, "text/html", "<html>" + SECRET), answers(400, SECRET));
        List<String> printed = new ArrayList<>();
        List<String> secrets = new ArrayList<>(List.of(SECRET, URLEncoder.encode(SECRET, StandardCharsets.UTF_8)));
        try (FakeEntra entra = FakeEntra.start()) {
            entra.registers(FakeEntra.TENANT_ID, FakeEntra.CLIENT_ID, SECRET);
            for (FakeAnswer answer : answers) {
                entra.always(answer);
                ClientSecretCredential.Builder builder = ClientSecretCredential.builder().tenantId(FakeEntra.TENANT_ID)
                        .clientId(FakeEntra.CLIENT_ID).clientSecret(SECRET).authorityHost(entra.authorityHost())
                        .httpClient(entra.httpClient());
                ClientSecretCredential credential = builder.build();
                try {
                    AccessToken token = credential.getToken(SCOPE).blockOptional().orElseThrow();
                    secrets.add(token.token());
                    printed.add(token.toString());
                } catch (RuntimeException failure) {
                    printed.add(EverythingLogged.trace(failure));
                }
                printed.add(List.of(builder, credential).toString());
                credential.close().block();
            }
        }
        assertThat(printed).as("eight answers, and eight credentials").hasSize(16);
        assertThat(logged.lines()).as("it was heard").anyMatch(line -> line.startsWith("dev.monocred "))
                .anyMatch(line -> line.startsWith("reactor.netty"));
        for (String secret : secrets) {
            assertThat(logged.lines()).noneMatch(line -> line.contains(secret));
            assertThat(printed).noneMatch(text -> text.contains(secret));
        }
    }
}
