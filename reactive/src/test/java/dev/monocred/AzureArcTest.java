package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.testing.FakeArc;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.RecordedHostRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Managed identity by Arc's agent. The numbers are those of the checklist in platform.md 19. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class AzureArcTest {

    private static final String SCOPE = "https://storage.azure.com/.default";
    private static final String TOKEN = "{\"access_token\":\"invented\",\"expires_in\":\"3600\"%s}";

    private final FakeArc arc = FakeArc.start();

    @AfterEach
    void stop() {
        arc.close();
    }

    private ManagedIdentityCredential.Builder builder() {
        return builder("Linux", Map.of());
    }

    private ManagedIdentityCredential.Builder builder(String os, Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(more);
        for (String name : List.of("IDENTITY_ENDPOINT", "IMDS_ENDPOINT")) {
            variables.put(name, String.valueOf(arc.environment().apply(name)));
        }
        return ManagedIdentityCredential.builder().environment(variables::get)
                .machine(environment -> new Machine(environment, os, arc.root(), URI.create("http://localhost:1")));
    }

    private static AccessToken get(ManagedIdentityCredential.Builder builder) {
        ManagedIdentityCredential credential = builder.build();
        AccessToken token = credential.getToken(SCOPE).blockOptional().orElseThrow();
        credential.close().block();
        return token;
    }

    private static ClientAuthenticationException failure(ManagedIdentityCredential.Builder builder) {
        ManagedIdentityCredential credential = builder.build();
        ClientAuthenticationException failure = Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class,
                () -> credential.getToken(SCOPE).block()), "it did not fail");
        credential.close().block();
        assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class);
        return failure;
    }

    private Path write(Path file, String content) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    /** As the agent writes it. */
    private String realm(Path file) {
        return "Basic realm=/" + arc.root().relativize(file);
    }

    @Test
    void sendsExactlyThis() { // 46
        write(arc.keys().resolve("a.key"), "an invented key\r\n");
        arc.challenges(realm(arc.keys().resolve("a.key")));
        arc.next(issues(), answers(200, TOKEN.formatted("")));
        get(builder());
        assertThat(arc.requests()).extracting(RecordedHostRequest::transcript).containsExactly("""
                GET /metadata/identity/oauth2/token?api-version=2020-06-01&resource=https%3A%2F%2Fstorage.azure.com
                accept: */*
                metadata: true

                """, """
                GET /metadata/identity/oauth2/token?api-version=2020-06-01&resource=https%3A%2F%2Fstorage.azure.com
                accept: */*
                authorization: Basic an invented key
                metadata: true

                """);
    }

    @Test
    void readsARealKeyFileForEachToken() { // 46
        ManagedIdentityCredential credential = builder().build();
        assertThat(credential.getToken(SCOPE).blockOptional()).isPresent();
        assertThat(credential.getToken("https://vault.azure.net/.default").blockOptional()).isPresent();
        assertThat(arc.requests()).hasSize(4);
        credential.close().block();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Basic", "Basic realm=", "Basic a=b", "Bearer realm=/var/opt/azcmagent/tokens/a.key",
        "/var/opt/azcmagent/tokens/a.key"})
    void refusesAChallengeThatNamesNoFile(String challenge) { // 47
        write(arc.keys().resolve("a.key"), "key");
        arc.challenges(challenge);
        assertThat(failure(builder())).hasMessageContaining("challenge");
        assertThat(arc.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic realm=\"%s\"", "BASIC   realm=%s"})
    void readsAChallengeInAnyCaseAndQuotes(String challenge) { // 47
        arc.next(issues(), answers(200, TOKEN.formatted("")));
        Path file = write(arc.keys().resolve("a.key"), "key");
        arc.challenges(challenge.formatted("/" + arc.root().relativize(file)));
        assertThat(get(builder())).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"var/opt/azcmagent/a.key,outside", "var/opt/azcmagent/tokens/sub/a.key,outside",
        "var/opt/azcmagent/tokens/../a.key,outside", "var/opt/azcmagent/tokensx/a.key,outside", "etc/shadow.key,outside",
        "var/opt/azcmagent/tokens/../../../../../../etc/hostname.key,outside", "var/opt/azcmagent/tokens/a.pem,.key",
        "var/opt/azcmagent/tokens/a.KEY,.key", "var/opt/azcmagent/tokens/key,.key"})
    void readsNoFileOfAnotherPlaceOrName(String file, String reason) { // 48
        Path path = arc.root().resolve(file).normalize();
        if (path.startsWith(arc.root())) {
            write(path, "never sent");
        }
        arc.challenges("Basic realm=/" + file);
        assertThat(failure(builder())).hasMessageContaining(reason).hasMessageNotContaining("never sent");
        assertThat(arc.requests()).hasSize(1);
    }

    @Test
    void followsNoLinkOutOfTheDirectory() throws IOException { // 48
        Path secret = write(arc.root().resolve("etc/secret"), "never sent");
        arc.challenges(realm(Files.createSymbolicLink(arc.keys().resolve("a.key"), secret)));
        assertThat(failure(builder())).hasMessageContaining("link").hasMessageNotContaining("never sent");
        assertThat(arc.requests()).hasSize(1);
    }

    @Test
    void readsFourKilobytesAndNoMore() { // 49
        arc.next(issues(), answers(200, TOKEN.formatted("")));
        arc.challenges(realm(write(arc.keys().resolve("a.key"), "k".repeat(4096))),
                realm(write(arc.keys().resolve("b.key"), "k".repeat(4097))));
        assertThat(get(builder())).isNotNull();
        assertThat(arc.requests().get(1).header("Authorization")).hasSize(4096 + "Basic ".length());
        assertThat(failure(builder())).hasMessageContaining("4096");
        assertThat(arc.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a\nb"})
    void refusesAKeyThatCannotBeSent(String content) { // 49
        arc.challenges(realm(write(arc.keys().resolve("a.key"), content)));
        assertThat(failure(builder())).hasMessageContaining("empty");
        assertThat(arc.requests()).hasSize(1);
    }

    @Test
    void saysWhoMayReadAMissingFile() { // 49
        arc.challenges(realm(arc.keys().resolve("missing.key")));
        assertThat(failure(builder())).hasMessageContainingAll("missing.key", "himds");
        assertThat(arc.requests()).hasSize(1);
    }

    @Test
    void saysWhoMayReadAFileThatIsNotReadable() throws IOException { // 49
        Path file = write(arc.keys().resolve("a.key"), "never sent");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");
        arc.challenges(realm(file));
        assertThat(failure(builder())).hasMessageContaining("himds");
    }

    @Test
    void endsAtASecondChallenge() { // 50
        arc.challenges(realm(write(arc.keys().resolve("a.key"), "a wrong key")));
        assertThat(failure(builder())).hasMessageContaining("401").hasMessageNotContaining("a wrong key");
        assertThat(arc.requests()).hasSize(2);
    }

    @Test
    void takesAKeyOutOfWhatTheAgentSays() { // 17
        arc.challenges(realm(write(arc.keys().resolve("a.key"), "a wrong key")));
        arc.next(issues(), answers(401, "text/plain", "who is 'a wrong key'?"));
        assertThat(failure(builder())).hasMessageContaining("who is '***'?");
    }

    @Test
    void takesATokenWithoutAChallenge() { // 51
        arc.next(answers(200, TOKEN.formatted("")));
        assertThat(get(builder())).isNotNull();
        arc.next(answers(400, "{}"));
        assertThat(failure(builder())).hasMessageContaining("400");
        assertThat(arc.requests()).hasSize(2);
    }

    @Test
    void beginsAnewAfterAnOutage() { // 6.2: keys live shortly
        arc.next(issues(), isDown(503));
        assertThat(get(builder())).isNotNull();
        assertThat(arc.requests()).extracting(request -> request.header("Authorization") != null)
                .containsExactly(false, true, false, true);
    }

    @Test
    void namesAnIdentityInBothRequests() { // 52
        get(builder().clientId(FakeImds.CLIENT_ID));
        get(builder().objectId(FakeImds.OBJECT_ID));
        get(builder().resourceId(FakeImds.RESOURCE_ID));
        assertThat(arc.requests()).hasSize(6).extracting(request -> request.target().replaceFirst(".*azure.com", ""))
                .startsWith("&client_id=" + FakeImds.CLIENT_ID, "&client_id=" + FakeImds.CLIENT_ID)
                .endsWith("&msi_res_id=" + FakeImds.RESOURCE_ID.replace("/", "%2F"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"client|,\"client_id\":\"ABC\"|true", "client|,\"client_id\":\"abcd\"|false", "client||false",
        "client|,\"object_id\":\"abc\"|false", "resource|,\"mi_res_id\":\"ABC\"|true", "resource|,\"msi_res_id\":\"abc\"|true",
        "resource|,\"msi_res_id\":\"abc\",\"mi_res_id\":\"Abc\"|true", "resource|,\"msi_res_id\":\"abc\",\"mi_res_id\":\"x\"|false"})
    void refusesATokenThatIsNotSaidToBeOfThatIdentity(String kind, String echo, boolean isAccepted) { // 52
        arc.next(answers(200, TOKEN.formatted(echo == null ? "" : echo)), answers(200, TOKEN.formatted(echo == null ? "" : echo)));
        ManagedIdentityCredential.Builder builder = kind.equals("client") ? builder().clientId("abc") : builder().resourceId("abc");
        if (isAccepted) {
            assertThat(get(builder)).isNotNull();
        } else {
            assertThat(failure(builder)).hasMessageContainingAll("refused", "agent");
        }
    }

    @Test
    void keepsNothingOfAnOldAgentThatIgnoresTheIdentity() { // 52
        arc.isOld();
        assertThat(failure(builder().clientId(FakeImds.CLIENT_ID))).hasMessageContaining("does not say");
        assertThat(get(builder())).isNotNull();
    }

    @Test
    void failsForAnIdentityThatTheAgentDoesNotKnow() { // 52
        assertThat(failure(builder().clientId("nobody"))).hasMessageContainingAll("identity_not_found", "404");
        assertThat(arc.requests()).hasSize(2);
    }

    @Test
    void failsOnOtherSystems() { // 53
        assertThat(failure(builder("Mac OS X", Map.of()))).hasMessageContaining("Mac OS X");
        assertThat(arc.requests()).isEmpty();
    }

    @Test
    void readsFilesOnThreadsThatMayBlock() { // A-6; BlockHound does not see these files
        Path keys = arc.root().resolve("AzureConnectedMachineAgent").resolve("Tokens");
        arc.challenges("Basic realm=" + write(keys.resolve("a.key"), "key"));
        arc.next(issues(), answers(200, TOKEN.formatted("")));
        List<String> threads = new CopyOnWriteArrayList<>();
        get(ManagedIdentityCredential.builder().environment(arc.environment()).machine(environment -> new Machine(name -> {
            if (name.equals("ProgramData")) {
                threads.add(Thread.currentThread().getName());
                return arc.root().toString();
            }
            return environment.apply(name);
        }, "Windows Server 2022", arc.root(), URI.create("http://localhost:1"))));
        assertThat(threads).isNotEmpty().allMatch(thread -> thread.startsWith("monocred-io"));
    }

    @Test
    void knowsTheDirectoryOfWindows() {
        Path keys = arc.root().resolve("AzureConnectedMachineAgent").resolve("Tokens");
        arc.challenges("Basic realm=" + write(keys.resolve("a.KEY"), "key"));
        arc.next(issues(), answers(200, TOKEN.formatted("")));
        assertThat(get(builder("Windows Server 2022", Map.of("ProgramData", arc.root().toString())))).isNotNull();
        assertThat(failure(builder("Windows Server 2022", Map.of()))).hasMessageContaining("ProgramData");
        assertThat(failure(builder("Windows Server 2022", Map.of("ProgramData", "a\0b")))).hasMessageContaining("ProgramData");
    }
}
