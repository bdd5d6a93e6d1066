package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static dev.monocred.testing.FakeAnswer.neverAnswers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.internal.managedidentity.Position;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeAppService;
import dev.monocred.testing.FakeCloudShell;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.FakeMachineLearning;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.RecordedHostRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.ProxyProvider;

/** The numbers are those of the checklist in platform.md 19, and the faults of refresher.md 13. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class ManagedIdentityCredentialTest {

    private static final String SCOPE = "https://management.azure.com/.default";
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final String TOKEN = "{\"access_token\":\"invented\",\"token_type\":\"Bearer\",\"expires_on\":%s}";

    private final ManualTime time = ManualTime.startingAt(START);
    /** What credentials know together lasts as long as any of them is open. */
    private final Set<ManagedIdentityCredential> used = ConcurrentHashMap.newKeySet();

    private ManagedIdentityCredential.Builder builder(Function<String, @Nullable String> environment) {
        return ManagedIdentityCredential.builder().environment(environment).timeSource(time).scheduler(time.scheduler());
    }

    @AfterEach
    void close() {
        used.forEach(credential -> credential.close().block());
    }

    private CompletableFuture<AccessToken> ask(ManagedIdentityCredential credential, TokenRequestContext request) {
        used.add(credential);
        return credential.getToken(request).toFuture();
    }

    private AccessToken get(ManagedIdentityCredential credential, String... scopes) {
        return get(credential, TokenRequestContext.of(scopes));
    }

    private AccessToken get(ManagedIdentityCredential credential, TokenRequestContext request) {
        used.add(credential);
        return credential.getToken(request).blockOptional(Duration.ofSeconds(20)).orElseThrow();
    }

    private ClientAuthenticationException failure(ManagedIdentityCredential credential) {
        return failure(ask(credential, TokenRequestContext.of(SCOPE)));
    }

    private static ClientAuthenticationException failure(CompletableFuture<AccessToken> future) {
        return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class, () -> {
            try {
                future.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                throw Objects.requireNonNull(failed.getCause());
            }
        }), "it did not fail");
    }

    private static Map<String, String> variables(String... pairs) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            variables.put(pairs[i], pairs[i + 1]);
        }
        return variables;
    }

    private static ManagedIdentityCredential.Builder on(ManagedIdentityCredential.Builder builder, FakeImds imds, Position position) {
        return builder.position(position).machine(variables -> new Machine(variables, "Linux", Path.of("/nowhere"), imds.base()));
    }

    private static URI nobody() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("http://localhost:" + socket.getLocalPort());
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    private static List<String> targets(List<RecordedHostRequest> requests) {
        return requests.stream().map(RecordedHostRequest::target).toList();
    }

    @Nested
    class WhenItIsBuilt {

        @Test
        void takesOnlyOneOfTheIds() { // 4
            assertThatIllegalStateException().isThrownBy(() -> builder(name -> null).clientId("a").objectId("b").build())
                    .withMessageContainingAll("clientId", "objectId", "resourceId");
            assertThatIllegalStateException().isThrownBy(() -> builder(name -> null).resourceId("a").objectId("b").build());
            assertThatIllegalStateException().isThrownBy(() -> builder(name -> null).resourceId("a").clientId("b").build());
        }

        @Test
        void refusesABlankId() { // 4
            assertThatIllegalArgumentException().isThrownBy(() -> builder(name -> null).clientId(" ").build());
            assertThatIllegalArgumentException().isThrownBy(() -> builder(name -> null).objectId("").build());
            assertThatIllegalArgumentException().isThrownBy(() -> builder(name -> null).resourceId("").build());
        }
    }

    @Nested
    class OnAVirtualMachine {

        private final FakeImds imds = FakeImds.start(time);

        @AfterEach
        void stop() {
            imds.close();
        }

        private ManagedIdentityCredential.Builder here() {
            return builder(imds.environment());
        }

        private ManagedIdentityCredential chained() {
            return on(builder(name -> null), imds, Position.IN_CHAIN).build();
        }

        @Test
        void sendsExactlyThis() { // 25
            get(here().build(), SCOPE);
            assertThat(imds.requests()).extracting(RecordedHostRequest::transcript).containsExactly("""
                    GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com
                    accept: */*
                    metadata: true

                    """);
        }

        @Test
        void findsTheHostOnceAtTheFirstUseAndOnThreadsThatMayBlock() { // platform.md 2, A-6
            List<String> threads = new CopyOnWriteArrayList<>();
            ManagedIdentityCredential credential = builder(name -> {
                if (name.equals("MSI_ENDPOINT")) {
                    threads.add(Thread.currentThread().getName());
                }
                return imds.environment().apply(name);
            }).build();
            Mono<AccessToken> token = credential.getToken(SCOPE);
            assertThat(threads).as("nothing is looked up before somebody asks").isEmpty();
            assertThat(token.blockOptional(Duration.ofSeconds(20))).isPresent();
            int lookups = threads.size();
            get(credential, "https://vault.azure.net/.default");
            assertThat(threads).isNotEmpty().hasSize(lookups).allMatch(thread -> thread.startsWith("monocred-io"));
        }

        @ParameterizedTest
        @CsvSource({"https://a/.default,https%3A%2F%2Fa", "https://a//.default,https%3A%2F%2Fa%2F", "api://x,api%3A%2F%2Fx",
            "https://a b+c&d=%25/.default,https%3A%2F%2Fa%20b%2Bc%26d%3D%2525"})
        void namesTheResourceAsItIsEncodedOnce(String scope, String resource) { // 1, 3
            get(here().build(), scope);
            assertThat(imds.requests().get(0).target()).endsWith("&resource=" + resource);
        }

        @Test
        void refusesAnythingButOneScopeThroughTheMono() { // 2
            for (TokenRequestContext request : List.of(TokenRequestContext.of(), TokenRequestContext.of("a", "b"))) {
                CompletableFuture<AccessToken> future = ask(here().build(), request);
                assertThat(future).isCompletedExceptionally();
                assertThatIllegalArgumentException().isThrownBy(() -> get(here().build(), request));
            }
            assertThat(imds.requests()).isEmpty();
        }

        @Test
        void namesAnIdentityByOneParameter() { // 26
            get(here().clientId(FakeImds.CLIENT_ID).build(), SCOPE);
            get(here().objectId(FakeImds.OBJECT_ID).build(), SCOPE);
            get(here().resourceId(FakeImds.RESOURCE_ID).build(), SCOPE);
            assertThat(targets(imds.requests())).extracting(target -> target.replaceFirst(".*management.azure.com", ""))
                    .containsExactly("&client_id=" + FakeImds.CLIENT_ID, "&object_id=" + FakeImds.OBJECT_ID,
                            "&msi_res_id=" + FakeImds.RESOURCE_ID.replace("/", "%2F"));
        }

        @Test
        void asksOnceForAResourceAndAgainForAnother() { // 12, 15
            ManagedIdentityCredential credential = here().build();
            AccessToken first = get(credential, SCOPE);
            assertThat(get(credential, SCOPE)).isEqualTo(first);
            assertThat(get(credential, TokenRequestContext.of(SCOPE).withTenantId("another"))).isEqualTo(first);
            get(credential, "https://vault.azure.net/.default");
            get(here().clientId(FakeImds.CLIENT_ID).build(), SCOPE);
            assertThat(imds.requests()).hasSize(3);
            assertThat(imds.requests()).noneMatch(request -> request.target().contains("tenant"));
        }

        @Test
        void goesPastTheCacheForClaimsAndDoesNotSendThem() { // 16
            ManagedIdentityCredential credential = here().build();
            get(credential, SCOPE);
            get(credential, TokenRequestContext.of(SCOPE).withClaims("{\"access_token\":{}}"));
            assertThat(targets(imds.requests())).hasSize(2).containsOnly(imds.requests().get(0).target());
        }

        @Test
        void keepsTheOldTokenWhileItLivesAndTheServiceFails() { // 14
            imds.next(issues(Duration.ofHours(24)));
            ManagedIdentityCredential credential = here().build();
            AccessToken token = get(credential, SCOPE);
            imds.always(answers(403, "no"));
            time.advance(Duration.ofHours(13));
            assertThat(get(credential, SCOPE)).isEqualTo(token);
            imds.awaitRequests(2);
            time.advance(Duration.ofHours(11));
            assertThat(failure(credential)).hasMessageContaining("403");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "/", "//"})
        void takesTheBaseWithOrWithoutSlashes(String end) { // 27, 80
            get(builder(variables("AZURE_POD_IDENTITY_AUTHORITY_HOST", imds.base() + end)::get).position(Position.IN_CHAIN).build(),
                    SCOPE);
            assertThat(imds.requests()).as("no probe either").hasSize(1);
            assertThat(imds.requests().get(0).target()).startsWith("/metadata/identity/oauth2/token?api");
        }

        @Test
        void putsThePathBeforeTheBasesOwnQuery() { // 20
            imds.always(answers(200, TOKEN.formatted("\"1893542399\"")));
            get(builder(variables("AZURE_POD_IDENTITY_AUTHORITY_HOST", imds.base() + "/?a=1")::get).build(), SCOPE);
            assertThat(imds.requests().get(0).target()).startsWith("/metadata/identity/oauth2/token?a=1&api-version=");
        }

        @ParameterizedTest
        @ValueSource(strings = {"not secret at all", "//secret/x", "ftp://secret", "secret:80", "http:///secret",
            "http://user:secret@host", "http://secret:65536", "http://localhost/%secret"})
        void namesTheVariableAndNotItsValueWhenItIsNoAddress(String value) {
            assertThat(failure(builder(variables("AZURE_POD_IDENTITY_AUTHORITY_HOST", value)::get).build()))
                    .isExactlyInstanceOf(ClientAuthenticationException.class)
                    .hasMessageContaining("AZURE_POD_IDENTITY_AUTHORITY_HOST").hasMessageNotContaining("secret");
        }

        @Test
        void asksInAChainFirstWhetherAnybodyIsThere() { // 28, 80
            get(chained(), SCOPE);
            assertThat(imds.requests()).hasSize(2);
            assertThat(imds.requests().get(0).transcript()).isEqualTo("GET /metadata/identity/oauth2/token\naccept: */*\n\n");
            assertThat(imds.requests().get(1).header("Metadata")).isEqualTo("true");
        }

        @Test
        void doesNotAskThatByItselfOrAsTheOnlyOne() { // 28, 41
            get(on(builder(name -> null), imds, Position.ALONE).build(), SCOPE);
            get(on(builder(name -> null), imds, Position.ONLY_ONE).build(), SCOPE);
            assertThat(imds.requests()).hasSize(2).allMatch(request -> "true".equals(request.header("Metadata")));
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 500})
        void takesAnyAnswerForPresenceAndAsksThatOnce(int status) { // 29
            imds.next(answers(status, "text/plain", "Required metadata header not specified or not correct"));
            ManagedIdentityCredential credential = chained();
            get(credential, SCOPE);
            get(credential, "https://vault.azure.net/.default");
            assertThat(imds.requests()).extracting(request -> request.header("Metadata")).containsExactly(null, "true", "true");
        }

        @Test
        void findsWithinASecondThatNobodyIsThereAndAsksAgainNextTime() { // 30
            imds.next(neverAnswers());
            ManagedIdentityCredential credential = chained();
            CompletableFuture<AccessToken> future = ask(credential, TokenRequestContext.of(SCOPE));
            imds.awaitRequests(1);
            time.advance(Duration.ofSeconds(1));
            assertThat(failure(future)).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContainingAll("metadata service", "IDENTITY_ENDPOINT");
            assertThat(imds.requests()).hasSize(1);
            time.advance(Duration.ofSeconds(10));
            get(credential, SCOPE);
            assertThat(imds.requests()).extracting(request -> request.header("Metadata")).containsExactly(null, null, "true");
        }

        @Test
        void isUnavailableWhereSomethingElseAnswers() { // 31
            FakeAnswer docker = answers(403, "text/plain", "A socket operation was attempted to an unreachable host.");
            imds.next(docker);
            assertThat(failure(chained())).isInstanceOf(CredentialUnavailableException.class);
            imds.next(answers(403, "text/plain", "A socket operation was attempted to an UNREACHABLE network."));
            assertThat(failure(here().build())).isInstanceOf(CredentialUnavailableException.class);
            imds.next(answers(403, "text/plain", "Forbidden"));
            assertThat(failure(here().build())).isNotInstanceOf(CredentialUnavailableException.class).hasMessageContaining("Forbidden");
            assertThat(imds.requests()).hasSize(3);
        }

        @Test
        void isUnavailableWithoutThatIdentityAndAsksAgainNextTime() { // 32
            ManagedIdentityCredential credential = here().clientId("77777777-0000-4000-8000-000000000000").build();
            assertThat(failure(credential)).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContainingAll("Identity not found", "77777777-0000-4000-8000-000000000000", "400");
            assertThat(imds.requests()).hasSize(1);
            time.advance(Duration.ofSeconds(10));
            failure(credential);
            assertThat(imds.requests()).hasSize(2);
            imds.next(answers(400, "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}"));
            assertThat(failure(here().build())).isInstanceOf(CredentialUnavailableException.class);
            assertThat(imds.requests()).hasSize(3);
        }

        @Test
        void takesAnAnswerWithoutATokenForAbsenceInAChainOnly() { // 39
            imds.next(isDown(500));
            for (FakeAnswer answer : List.of(answers(200, "text/html", "<html>hello</html>"), answers(200, "{\"a\":1}"))) {
                imds.next(answer);
                assertThat(failure(chained())).isInstanceOf(CredentialUnavailableException.class);
                imds.next(answer);
                assertThat(failure(here().build())).isNotInstanceOf(CredentialUnavailableException.class)
                        .hasMessageNotContaining("hello");
            }
        }

        @Test
        void isUnavailableWhenNobodyListens() { // 40
            ManagedIdentityCredential credential = builder(name -> null)
                    .machine(variables -> new Machine(variables, "Linux", Path.of("/nowhere"), nobody())).build();
            assertThat(failure(credential)).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("connection refused");
        }

        @Test
        void asksForTwoResourcesAtATime() { // N-10
            imds.holds();
            ManagedIdentityCredential credential = here().build();
            List<CompletableFuture<AccessToken>> all = IntStream.range(0, 6)
                    .mapToObj(i -> ask(credential, TokenRequestContext.of("https://r" + i + "/.default"))).toList();
            imds.awaitRequests(2).releases();
            assertThat(all).allSatisfy(each -> assertThat(each).succeedsWithin(Duration.ofSeconds(20)));
            assertThat(imds.requests()).hasSize(6);
            assertThat(imds.maxConcurrentRequests()).isLessThanOrEqualTo(2);
        }

        @Test
        void goesDirectlyWhateverProxyIsSet() { // 19, fault 45
            URI proxy = nobody();
            Map<String, String> variables = variables("HTTP_PROXY", proxy.toString(), "HTTPS_PROXY", proxy.toString(),
                    "AZURE_POD_IDENTITY_AUTHORITY_HOST", imds.base().toString());
            get(builder(variables::get).build(), SCOPE);
            HttpClient proxied = HttpClient.create().proxy(spec -> spec.type(ProxyProvider.Proxy.HTTP).host("localhost")
                    .port(proxy.getPort()));
            get(builder(variables::get).httpClient(proxied).build(), SCOPE);
            assertThat(imds.requests()).hasSize(2);
        }
    }

    @Nested
    class InAppService {

        private final FakeAppService host = FakeAppService.start(time);

        @AfterEach
        void stop() {
            host.close();
        }

        @Test
        void sendsExactlyThis() { // 42
            get(builder(host.environment()).clientId(FakeImds.CLIENT_ID).build(), "https://vault.azure.net/.default");
            assertThat(host.requests()).extracting(RecordedHostRequest::transcript).containsExactly("""
                    GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net&client_id=11111111-2222-4333-8444-555555555555
                    accept: */*
                    metadata: true
                    x-identity-header: 0f0e0d0c-0000-4000-8000-0000000000aa

                    """);
        }

        @Test
        void namesTheOtherIdsItsOwnWay() { // 42
            get(builder(host.environment()).objectId(FakeImds.OBJECT_ID).build(), SCOPE);
            get(builder(host.environment()).resourceId(FakeImds.RESOURCE_ID).build(), SCOPE);
            assertThat(targets(host.requests())).extracting(target -> target.replaceFirst(".*management.azure.com", ""))
                    .containsExactly("&object_id=" + FakeImds.OBJECT_ID, "&mi_res_id=" + FakeImds.RESOURCE_ID.replace("/", "%2F"));
        }

        @Test
        void keepsTheEndpointsOwnQuery() { // 20
            host.always(answers(200, TOKEN.formatted("\"1893542399\"")));
            get(builder(variables("IDENTITY_ENDPOINT", host.environment().apply("IDENTITY_ENDPOINT") + "?a=1%202",
                    "IDENTITY_HEADER", "x")::get).build(), SCOPE);
            assertThat(targets(host.requests()))
                    .containsExactly("/msi/token?a=1%202&api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com");
        }

        @Test
        void readsTheSecretForEachRequest() { // 43
            ManagedIdentityCredential credential = builder(host.environment()).build();
            get(credential, SCOPE);
            host.rotates();
            get(credential, "https://vault.azure.net/.default");
            assertThat(host.requests()).extracting(request -> request.header("X-IDENTITY-HEADER")).containsExactly(
                    "0f0e0d0c-0000-4000-8000-0000000000aa", "0f0e0d0c-0000-4000-8000-0000000000bb");
        }

        @Test
        void saysWhatTheHostSaidAfterOneRequest() { // 44
            ClientAuthenticationException failure = failure(builder(host.environment()).clientId("nobody").build());
            assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageStartingWith("ManagedIdentityCredential: App Service").hasMessageContainingAll("400",
                            "No managed identity was found", "nobody", "Correlation id: 5b0f0b55-0000-4000-8000-000000000001");
            host.next(answers(404, "{\"statusCode\":404,\"message\":\"gone\"}"));
            failure(builder(host.environment()).build());
            assertThat(host.requests()).hasSize(2);
        }

        @Test
        void takesASecretOutOfWhatTheHostSays() { // 17
            host.next(answers(400, "text/plain", "who is " + host.secret() + "?"));
            assertThat(failure(builder(host.environment()).build())).hasMessageContaining("who is ***?");
        }

        @Test
        void namesTheVariableAndNotItsValueWhenItIsBroken() {
            assertThat(failure(builder(variables("IDENTITY_ENDPOINT", "http://a b/secret", "IDENTITY_HEADER", "x")::get).build()))
                    .hasMessageContaining("IDENTITY_ENDPOINT").hasMessageNotContaining("a b");
            assertThat(failure(builder(variables("IDENTITY_ENDPOINT", "http://localhost:1", "IDENTITY_HEADER", "x\r\ny")::get).build()))
                    .hasMessageContaining("IDENTITY_HEADER").hasMessageNotContaining("x\r");
        }

        @Test
        void isOneRequestForTwentyConcurrentCalls() { // 13
            host.holds();
            ManagedIdentityCredential credential = builder(host.environment()).build();
            List<CompletableFuture<AccessToken>> all =
                    IntStream.range(0, 20).mapToObj(i -> ask(credential, TokenRequestContext.of(SCOPE))).toList();
            host.awaitRequests(1).releases();
            assertThat(all).allSatisfy(each -> assertThat(each).succeedsWithin(Duration.ofSeconds(20)));
            assertThat(host.requests()).hasSize(1);
        }
    }

    @Nested
    class InMachineLearning {

        private final FakeMachineLearning host = FakeMachineLearning.start(time);

        @AfterEach
        void stop() {
            host.close();
        }

        @Test
        void sendsExactlyThis() { // 61
            get(builder(host.environment()).build(), "https://storage.azure.com/.default");
            assertThat(host.requests()).extracting(RecordedHostRequest::transcript).containsExactly("""
                    GET /MSI/token?api-version=2017-09-01&resource=https%3A%2F%2Fstorage.azure.com&clientid=11111111-2222-4333-8444-555555555555
                    accept: */*
                    metadata: true
                    secret: 7c1e0000-0000-4000-8000-0000000000cc

                    """);
        }

        @Test
        void namesTheCallersIdentityOrNone() { // 61
            host.always(answers(200, TOKEN.formatted("\"12/31/2030 11:30:00 PM +00:00\""))); // 45
            Map<String, String> variables = variables("MSI_ENDPOINT", String.valueOf(host.environment().apply("MSI_ENDPOINT")),
                    "MSI_SECRET", "x");
            AccessToken token = get(builder(variables::get).build(), SCOPE);
            assertThat(token.expiresAt()).as("at most two days").isEqualTo(START.plus(Duration.ofDays(2)));
            get(builder(host.environment()).clientId("mine").build(), SCOPE);
            assertThat(targets(host.requests())).extracting(target -> target.replaceFirst(".*management.azure.com", ""))
                    .containsExactly("", "&clientid=mine");
        }

        @Test
        void isUnavailableForOtherIds() { // 61
            assertThat(failure(builder(host.environment()).objectId("a").build()))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("Machine Learning", "objectId");
            assertThat(failure(builder(host.environment()).resourceId("a").build()))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("Machine Learning", "resourceId");
            assertThat(host.requests()).isEmpty();
        }
    }

    @Nested
    class InCloudShell {

        private final FakeCloudShell host = FakeCloudShell.start(time);

        @AfterEach
        void stop() {
            host.close();
        }

        @Test
        void sendsExactlyThis() { // 62
            get(builder(host.environment()).build(), "https://management.core.windows.net//.default");
            assertThat(host.requests()).extracting(RecordedHostRequest::transcript).containsExactly("""
                    POST /oauth2/token
                    accept: */*
                    content-length: 53
                    content-type: application/x-www-form-urlencoded
                    metadata: true

                    resource=https%3A%2F%2Fmanagement.core.windows.net%2F""");
        }

        @Test
        void isUnavailableForAnyId() { // 62
            assertThat(failure(builder(host.environment()).clientId("a").build()))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("Cloud Shell", "clientId");
            assertThat(failure(builder(host.environment()).objectId("a").build()))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("Cloud Shell", "objectId");
            assertThat(failure(builder(host.environment()).resourceId("a").build()))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContainingAll("Cloud Shell", "resourceId");
            assertThat(host.requests()).isEmpty();
        }

        @Test
        void showsTheNestedError() { // 62
            host.next(answers(400, "{\"error\":{\"code\":\"AudienceNotSupported\",\"message\":\"Not that one\"}}"));
            assertThat(failure(builder(host.environment()).build())).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContainingAll("AudienceNotSupported", "Not that one");
        }
    }
}
