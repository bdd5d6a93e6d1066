package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.FakePipelines;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedHostRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** platform.md 17 and its checklist, 74 to 78 and 82. */
class AzurePipelinesCredentialTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String VARIABLE = "SYSTEM_OIDCREQUESTURI";

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final List<String> made = new CopyOnWriteArrayList<>();
    private final FakePipelines pipelines = FakePipelines.start(time, this::assertion);
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void aJobHasItsVariable() {
        variables.put(VARIABLE, Objects.requireNonNull(pipelines.environment().apply(VARIABLE)));
    }

    @AfterEach
    void stop() {
        pipelines.close();
        entra.close();
    }

    private String assertion() {
        String assertion = entra.federatedAssertion();
        made.add(assertion);
        return assertion;
    }

    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    private AzurePipelinesCredential.Builder job() {
        return AzurePipelinesCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .serviceConnectionId(FakePipelines.SERVICE_CONNECTION_ID).systemAccessToken(FakePipelines.SYSTEM_ACCESS_TOKEN)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(variables::get)
                .timeSource(time).scheduler(time.scheduler());
    }

    private static String get(AzurePipelinesCredential credential) {
        return credential.getToken(SCOPE).blockOptional().orElseThrow().token();
    }

    private static String getOnce(AzurePipelinesCredential.Builder builder) {
        AzurePipelinesCredential credential = builder.build();
        try {
            return get(credential);
        } finally {
            credential.close().block();
        }
    }

    private ClientAuthenticationException failure() {
        return failure(job());
    }

    private static ClientAuthenticationException failure(AzurePipelinesCredential.Builder builder) {
        return Objects.requireNonNull(
                catchThrowableOfType(ClientAuthenticationException.class, () -> getOnce(builder)), "it did not fail");
    }

    /** Pauses of the retries in real time: they take a second at most. */
    private AzurePipelinesCredential.Builder impatient() {
        return job().scheduler(Schedulers.parallel());
    }

    private String target() {
        return pipelines.requests().get(0).target();
    }

    @Nested
    class OnTheWire {

        /** Checklist 74. */
        @Test
        void isAnEmptyPostWithThreeHeaders() {
            getOnce(job());
            assertThat(pipelines.requests()).singleElement().extracting(RecordedHostRequest::transcript).isEqualTo("""
                    POST /acme/proj/_apis/distributedtask/hubs/build/plans/PLAN/jobs/JOB/oidctoken?api-version=7.1\
                    &serviceConnectionId=33333333-4444-4555-8666-777777777777
                    accept: application/json
                    authorization: Bearer invented-system-access-token
                    content-length: 0
                    content-type: application/json
                    x-tfs-fedauthredirect: Suppress

                    """);
        }

        /** What comes back goes to Entra as it is. */
        @Test
        void theAnswerIsTheAssertion() {
            getOnce(job());
            assertThat(entra.requests()).singleElement().satisfies(request -> assertThat(request.form())
                    .containsExactlyInAnyOrderEntriesOf(Map.of("grant_type", "client_credentials", "scope", SCOPE,
                            "client_id", FakeEntra.CLIENT_ID, "client_assertion", made.get(0),
                            "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")));
        }

        /** Checklist 74, and an endpoint with its own query. */
        @ParameterizedTest
        @CsvSource({"/, ?api-version", "//, ?api-version", "?a=b%26c, ?a=b%26c&api-version", "/?, ?api-version", "#part, ?api-version"})
        void theVariableMayEndInASlashOrAQuery(String end, String query) {
            variables.merge(VARIABLE, end, String::concat);
            getOnce(job());
            assertThat(target()).isEqualTo("/acme/proj/_apis/distributedtask/hubs/build/plans/PLAN/jobs/JOB/oidctoken"
                    + query + "=7.1&serviceConnectionId=33333333-4444-4555-8666-777777777777");
        }

        @Test
        void theServiceConnectionIsEncoded() {
            assertThat(failure(job().serviceConnectionId("a b&c=d/e"))).isNotNull();
            assertThat(target()).endsWith("&serviceConnectionId=a%20b%26c%3Dd%2Fe");
        }

        /** The agent may set another address for each task. */
        @Test
        void theVariableIsReadForEachAcquisition() {
            String address = Objects.requireNonNull(variables.remove(VARIABLE));
            AzurePipelinesCredential credential = job().build();
            assertThat(catchThrowableOfType(CredentialUnavailableException.class, () -> get(credential))).isNotNull();
            variables.put(VARIABLE, address);
            time.advance(Duration.ofSeconds(5));
            assertThat(get(credential)).isNotBlank();
            credential.close().block();
        }
    }

    @Nested
    class Counts {

        /** Checklist 77. */
        @Test
        void aHitAsksNobodyAndAnExpiredTokenAsksBothAgain() {
            AzurePipelinesCredential credential = job().build();
            String first = get(credential);
            assertThat(get(credential)).isEqualTo(first);
            assertThat(pipelines.requests()).hasSize(1);
            assertThat(entra.tokenRequests()).isEqualTo(1);
            time.advance(Duration.ofHours(2));
            assertThat(get(credential)).isNotEqualTo(first);
            credential.close().block();
            assertThat(entra.requests()).extracting(request -> request.field("client_assertion")).containsExactlyElementsOf(made);
            assertThat(made).as("a new one each time").hasSize(2).doesNotHaveDuplicates();
        }

        /** Checklist 82: an assertion lives for minutes and may be good for one use. */
        @Test
        void eachAttemptAtEntraHasAnAssertionOfItsOwn() {
            entra.next(isDown(503));
            getOnce(impatient());
            assertThat(entra.requests()).extracting(request -> request.field("client_assertion")).containsExactlyElementsOf(made);
            assertThat(made).hasSize(2).doesNotHaveDuplicates();
        }

        /** N-7, N-8: the service itself is tried three times, and Entra is asked when it has answered. */
        @ParameterizedTest
        @ValueSource(ints = {408, 429, 500, 502, 503, 504})
        void anOutageOfTheServiceIsTriedAgain(int status) {
            pipelines.next(isDown(status), disconnects());
            getOnce(impatient());
            assertThat(pipelines.requests()).hasSize(3);
            assertThat(entra.tokenRequests()).isEqualTo(1);
        }

        @Test
        void aLongPauseThatTheServiceAsksForIsKept() {
            pipelines.always(answers(429, "{}").withHeader("Retry-After", "60"));
            AzurePipelinesCredential credential = job().build();
            ClientAuthenticationException failure = Objects.requireNonNull(
                    catchThrowableOfType(ClientAuthenticationException.class, () -> get(credential)));
            assertThat(failure.isTransient()).isTrue();
            assertThat(failure.retryAt()).isEqualTo(time.now().plusSeconds(60));
            assertThat(catchThrowableOfType(ClientAuthenticationException.class, () -> get(credential))).isNotNull();
            credential.close().block();
            assertThat(pipelines.requests()).as("nothing is sent before").hasSize(1);
        }
    }

    @Nested
    class BadInput {

        /** Checklist 75. */
        @Test
        void allThatIsMissingIsNamedAtOnce() {
            assertThatIllegalArgumentException().isThrownBy(() -> AzurePipelinesCredential.builder().systemAccessToken(" ").build())
                    .withMessage("AzurePipelinesCredential needs tenantId, clientId, serviceConnectionId, systemAccessToken,"
                            + " which are missing or blank");
        }

        /** Checklist 75. */
        @ParameterizedTest
        @ValueSource(strings = {"", "  "})
        void outsideAJobItIsUnavailableAndSaysWhatToDo(String value) {
            variables.put(VARIABLE, value);
            assertThat(failure()).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessage("AzurePipelinesCredential is unavailable: the variable SYSTEM_OIDCREQUESTURI is not set."
                            + " Run this in a job of Azure Pipelines, whose agent sets it.");
            assertThat(pipelines.requests()).isEmpty();
            assertThat(entra.tokenRequests()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://dev.invalid/oidctoken", "ftp://localhost/", "nonsense", "https://", "https://a b",
            "https://invented:secret@dev.invalid/"})
        void anAddressThatIsNotPrivateIsNamedByItsVariableAndNotQuoted(String value) {
            variables.put(VARIABLE, value);
            assertThat(failure()).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("SYSTEM_OIDCREQUESTURI holds no https address").hasMessageNotContaining(value);
        }

        @Test
        void aTokenThatCannotGoIntoAHeaderIsRefusedAndNotQuoted() {
            assertThatIllegalArgumentException().isThrownBy(() -> job().systemAccessToken("invented\r\nX-Evil: 1").build())
                    .satisfies(error -> assertThat(error).hasMessageContaining("systemAccessToken").hasMessageNotContaining("invented"));
        }

        /** Checklist 76. */
        @Test
        void aRefusalHasItsStatusItsWordsAndBothIds() {
            assertThat(failure(job().systemAccessToken("another-token"))).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessage("AzurePipelinesCredential: Azure Pipelines answered with status 401: You are not authorized"
                            + " (x-vss-e2eid aaaaaaaa-0000-4000-8000-000000000003, x-msedge-ref Ref A: INVENTED). Check the"
                            + " service connection 33333333-4444-4555-8666-777777777777, and that systemAccessToken is the value of"
                            + " System.AccessToken in this job.");
            assertThat(pipelines.requests()).hasSize(1);
            assertThat(entra.tokenRequests()).isZero();
        }

        @Test
        void anUnknownServiceConnectionIsNamed() {
            assertThat(failure(job().serviceConnectionId("55555555-0000-4000-8000-000000000000")))
                    .hasMessageContaining("status 404: No service connection found with identifier 55555555-0000-4000-8000-000000000000");
        }

        /** Checklist 76. */
        @Test
        void aRedirectIsNotFollowed() {
            pipelines.always(answers(302, "text/plain", "").withHeader("Location", pipelines.environment().apply(VARIABLE) + "/x"));
            assertThat(failure()).hasMessageContaining("status 302");
            assertThat(pipelines.requests()).hasSize(1);
        }

        /** Checklist 76. */
        @ParameterizedTest
        @ValueSource(ints = {200, 203})
        void aSignInPageIsNoAssertionAndNotShown(int status) {
            pipelines.always(answers(status, "text/html", "<html>invented page</html>"));
            assertThat(failure()).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("status " + status).hasMessageNotContaining("invented page");
            assertThat(entra.tokenRequests()).isZero();
        }

        /** Checklist 76. */
        @ParameterizedTest
        @ValueSource(strings = {"{}", "{\"oidcToken\":\"\"}", "{\"oidcToken\":null}", "{\"oidcToken\":{\"a\":1}}",
            "{\"oidcToken\":\"two words\"}", "{\"oidcToken\":\"half", "[]", ""})
        void anAnswerWithoutAnAssertionIsNotShown(String body) {
            pipelines.always(answers(200, body));
            assertThat(failure()).hasMessageContaining("status 200 and no oidcToken").hasMessageNotContaining("half");
            assertThat(entra.tokenRequests()).isZero();
        }

        @Test
        void whatTheServiceQuotesOfTheTokenIsTakenOut() {
            FakeAnswer quoting = answers(403, "text/plain", "no: Bearer " + FakePipelines.SYSTEM_ACCESS_TOKEN)
                    .withHeader("x-vss-e2eid", FakePipelines.SYSTEM_ACCESS_TOKEN);
            pipelines.always(quoting);
            assertThat(failure()).hasMessageContaining("status 403: no: Bearer *** (x-vss-e2eid ***)");
        }

        @Test
        void aServiceThatIsNotThereIsNamed() {
            variables.put(VARIABLE, "http://127.0.0.1:1/oidctoken");
            assertThat(failure(impatient())).hasMessageContaining("connection refused by 127.0.0.1:1")
                    .satisfies(error -> assertThat(error.isTransient()).isTrue());
        }

        /** The causes of platform.md 17. */
        @ParameterizedTest
        @CsvSource({"900023, Check the tenant", "700016, Check that application"})
        void aRefusalOfEntraHasItsCodeAndRemedy(long code, String remedy) {
            entra.next(refuses("invalid_request", code, "Invented refusal."));
            assertThat(failure()).hasMessageContaining("AADSTS" + code).hasMessageContaining(remedy);
        }
    }

    @Test
    void nothingSecretIsPrinted() {
        AzurePipelinesCredential.Builder builder = job();
        assertThat(List.of(builder, builder.build(), pipelines, pipelines.requests()).toString())
                .doesNotContain(FakePipelines.SYSTEM_ACCESS_TOKEN);
    }
}
