package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.disconnectsMidBody;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.FakeAnswer.throttles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakePipelines;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** DESIGN 5: with every logger at TRACE, a planted secret is in no log line, no exception and nothing that is printed. */
class NothingSecretIsLoggedTest {

    private static final String SECRET = "planted~secret+7f3c";
    private static final String SCOPE = "https://vault.azure.net/.default";

    private static final String REDIRECT = "http://localhost:8400";
    private static final String VERIFIER = "an-invented-verifier-of-the-right-length-for-it";
    private static final List<Function<String, FakeAnswer>> ANSWERS_THAT_QUOTE = List.of(
            secret -> issues(), secret -> disconnectsMidBody(), secret -> answers(400, secret),
            secret -> refuses("invalid_grant", 50013, "I do not like " + secret + "."),
            secret -> answers(200, "{\"access_token\":\"" + secret));

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
                ask(credential, builder, secrets, printed);
            }
        }
        assertThat(printed).as("eight answers, and eight credentials").hasSize(16);
        assertUnseen(secrets, printed);
    }

    /** platform.md, checklist 78: neither the job's token nor what the service makes of it. */
    @Test
    void whateverAPipelineAnswers() {
        List<FakeAnswer> answers = List.of(issues(), answers(200, "{\"oidcToken\":\"" + SECRET), answers(401, SECRET), isDown(503),
                disconnectsMidBody(), answers(203, "text/html", "<html>" + SECRET), answers(302, ""));
        List<String> printed = new ArrayList<>();
        List<String> secrets = new CopyOnWriteArrayList<>(List.of(SECRET, FakePipelines.SYSTEM_ACCESS_TOKEN));
        try (FakeEntra entra = FakeEntra.start(); FakePipelines pipelines = FakePipelines.start(() -> {
            secrets.add(entra.federatedAssertion());
            return secrets.get(secrets.size() - 1);
        })) {
            for (FakeAnswer answer : answers) {
                pipelines.always(answer);
                AzurePipelinesCredential.Builder builder = AzurePipelinesCredential.builder().tenantId(FakeEntra.TENANT_ID)
                        .clientId(FakeEntra.CLIENT_ID).serviceConnectionId(FakePipelines.SERVICE_CONNECTION_ID)
                        .systemAccessToken(answer == answers.get(2) ? SECRET : FakePipelines.SYSTEM_ACCESS_TOKEN)
                        .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(pipelines.environment());
                ask(builder.build(), builder, secrets, printed);
            }
        }
        assertThat(printed).as("seven answers, and seven credentials").hasSize(14);
        assertThat(secrets).as("one assertion was used, one token issued, some answers broke off").hasSizeGreaterThanOrEqualTo(4);
        assertUnseen(secrets, printed);
    }

    /** entra.md, checklist 19, for what stands for a person: assertions, codes, refresh tokens; a server may quote them. */
    @Test
    void whateverTheServerAnswersForPeople() {
        List<String> printed = new ArrayList<>();
        List<String> secrets = new ArrayList<>(List.of(FakeEntra.CLIENT_SECRET, VERIFIER));
        for (Function<String, FakeAnswer> answer : ANSWERS_THAT_QUOTE) {
            try (FakeEntra entra = FakeEntra.start()) {
                String assertion = entra.userAssertion();
                entra.always(answer.apply(assertion));
                OnBehalfOfCredential.Builder user = OnBehalfOfCredential.builder().tenantId(FakeEntra.TENANT_ID)
                        .clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET).userAssertion(assertion)
                        .authorityHost(entra.authorityHost()).httpClient(entra.httpClient());
                ask(user.build(), user, secrets, printed);
                String code = entra.authorizationCode(REDIRECT);
                entra.always(answer.apply(code));
                AuthorizationCodeCredential.Builder signedIn = AuthorizationCodeCredential.builder().tenantId(FakeEntra.TENANT_ID)
                        .clientId(FakeEntra.CLIENT_ID).authorizationCode(code).redirectUri(REDIRECT).codeVerifier(VERIFIER)
                        .authorityHost(entra.authorityHost()).httpClient(entra.httpClient());
                ask(signedIn.build(), signedIn, secrets, printed);
                secrets.addAll(List.of(assertion, code));
            }
        }
        secrets.add("invented-refresh-token-");
        assertThat(printed).hasSize(20);
        assertUnseen(secrets, printed);
    }

    /** As before, for a password and for device codes. */
    @Test
    @SuppressWarnings("deprecation") // a password is the worst that could be logged
    void whateverTheServerAnswersToASignIn() {
        List<String> printed = new ArrayList<>();
        List<String> secrets = new ArrayList<>(List.of(FakeEntra.PASSWORD,
                URLEncoder.encode(FakeEntra.PASSWORD, StandardCharsets.UTF_8), "invented-device-code-", "invented-refresh-token-"));
        for (Function<String, FakeAnswer> answer : ANSWERS_THAT_QUOTE) {
            try (FakeEntra entra = FakeEntra.start()) {
                entra.always(answer.apply(FakeEntra.PASSWORD));
                UsernamePasswordCredential.Builder user = UsernamePasswordCredential.builder().clientId(FakeEntra.CLIENT_ID)
                        .username(FakeEntra.USERNAME).password(FakeEntra.PASSWORD).authorityHost(entra.authorityHost())
                        .httpClient(entra.httpClient());
                ask(user.build(), user, secrets, printed);
            }
        }
        for (FakeAnswer answer : List.of(issues(), refuses("expired_token", 70020, "The code has expired."))) {
            try (FakeEntra entra = FakeEntra.start()) {
                entra.always(answer);
                DeviceCodeCredential.Builder device = DeviceCodeCredential.builder().clientId(FakeEntra.CLIENT_ID)
                        .promptCallback(code -> Mono.fromRunnable(() -> printed.add(code.toString())))
                        .authorityHost(entra.authorityHost()).httpClient(entra.httpClient());
                ask(device.build(), device, secrets, printed);
            }
        }
        assertThat(printed).hasSize(16);
        assertUnseen(secrets, printed);
    }

    private static void ask(TokenCredential credential, Object builder, List<String> secrets, List<String> printed) {
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

    private void assertUnseen(List<String> secrets, List<String> printed) {
        assertThat(logged.lines()).as("it was heard").anyMatch(line -> line.startsWith("dev.monocred "))
                .anyMatch(line -> line.startsWith("reactor.netty"));
        for (String secret : secrets) {
            assertThat(logged.lines()).noneMatch(line -> line.contains(secret));
            assertThat(printed).noneMatch(text -> text.contains(secret));
        }
    }
}
