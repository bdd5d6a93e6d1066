package dev.monocred;

import static dev.monocred.testing.FakeAnswer.answers;
import static dev.monocred.testing.FakeAnswer.disconnects;
import static dev.monocred.testing.FakeAnswer.issues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.internal.managedidentity.Machine;
import dev.monocred.testing.FakeAnswer;
import dev.monocred.testing.FakeAppService;
import dev.monocred.testing.FakeArc;
import dev.monocred.testing.FakeCloudShell;
import dev.monocred.testing.FakeImds;
import dev.monocred.testing.FakeMachineLearning;
import dev.monocred.testing.FakeServiceFabric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each host as it should not be: what people then see, and what they never see. */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
class HostFaultsTest {

    private static final String SCOPE = "https://vault.azure.net/.default";
    private static final String PLANTED = "planted-7f3c";

    /**
     * A fake behind a credential. JUnit closes it.
     *
     * @param name of the host, as its sentences say it
     * @param secrets what must not be printed
     */
    record Subject(String name, ManagedIdentityCredential credential, Consumer<FakeAnswer> script, IntSupplier requests,
            List<String> secrets, Runnable end) implements AutoCloseable {

        /** For another resource each time: a failure is not asked for again at once. */
        AccessToken token() {
            return credential.getToken("https://resource-" + requests.getAsInt() + "/.default").blockOptional().orElseThrow();
        }

        ClientAuthenticationException failure() {
            return Objects.requireNonNull(catchThrowableOfType(ClientAuthenticationException.class, this::token), "it did not fail");
        }

        @Override
        public void close() {
            credential.close().block();
            end.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static ManagedIdentityCredential credential(Function<String, @Nullable String> environment, Path root) {
        return ManagedIdentityCredential.builder().environment(environment)
                .machine(variables -> new Machine(variables, "Linux", root, URI.create("http://localhost:1"))).build();
    }

    private static List<String> values(Function<String, @Nullable String> environment, String... names) {
        return Stream.of(names).map(environment).map(String::valueOf).toList();
    }

    private static Subject imds() {
        FakeImds fake = FakeImds.start();
        return new Subject("metadata service", credential(fake.environment(), Path.of("/nowhere")), fake::next,
                () -> fake.requests().size(), List.of(), fake::close);
    }

    private static Subject appService() {
        FakeAppService fake = FakeAppService.start();
        return new Subject("App Service", credential(fake.environment(), Path.of("/nowhere")), fake::next,
                () -> fake.requests().size(), values(fake.environment(), "IDENTITY_HEADER"), fake::close);
    }

    private static Subject machineLearning() {
        FakeMachineLearning fake = FakeMachineLearning.start();
        return new Subject("Machine Learning", credential(fake.environment(), Path.of("/nowhere")), fake::next,
                () -> fake.requests().size(), values(fake.environment(), "MSI_SECRET"), fake::close);
    }

    private static Subject cloudShell() {
        FakeCloudShell fake = FakeCloudShell.start();
        return new Subject("Cloud Shell", credential(fake.environment(), Path.of("/nowhere")), fake::next,
                () -> fake.requests().size(), List.of(), fake::close);
    }

    private static Subject arc() {
        FakeArc fake = FakeArc.start().asksForNoKey();
        return new Subject("Azure Arc", credential(fake.environment(), fake.root()), fake::next,
                () -> fake.requests().size(), List.of(), fake::close);
    }

    private static Subject serviceFabric() {
        FakeServiceFabric fake = FakeServiceFabric.start();
        return new Subject("Service Fabric", credential(fake.environment(), Path.of("/nowhere")), fake::next,
                () -> fake.requests().size(), values(fake.environment(), "IDENTITY_HEADER"), fake::close);
    }

    static Stream<Subject> subjects() {
        return Stream.of(imds(), appService(), machineLearning(), cloudShell(), arc(), serviceFabric());
    }

    private static List<FakeAnswer> badAnswers() {
        String token = "{\"access_token\":\"" + PLANTED + "\",\"token_type\":\"Bearer\"";
        return List.of(answers(200, ""), answers(200, "text/html", "<html>" + PLANTED), answers(200, "[]"), answers(200, "{}"),
                answers(200, "{\"access_token\":\"\",\"expires_in\":3600}"), answers(200, token + "}"),
                answers(200, token + ",\"expires_on\":\"12x4\"}"), answers(200, token + ",\"expires_on\":\"1000000000\"}"),
                answers(200, token + ",\"expires_in\":\"3600\""));
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void anAnswerWithoutAUsableTokenIsRefusedAtOnceAndNotQuoted(Subject subject) { // 8, 9, 39
        for (FakeAnswer bad : badAnswers()) {
            subject.script.accept(bad);
            assertThat(subject.failure()).isExactlyInstanceOf(ClientAuthenticationException.class)
                    .hasMessageContainingAll(subject.name, "is not a token").hasMessageNotContaining(PLANTED);
        }
        assertThat(subject.requests.getAsInt()).isEqualTo(badAnswers().size());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aConnectionThatBreaksIsFollowedByAnother(Subject subject) { // 3.5, 4.1
        subject.script.accept(disconnects());
        assertThat(subject.token()).isNotNull();
        assertThat(subject.requests.getAsInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aRedirectIsNotFollowed(Subject subject) { // 1.2
        subject.script.accept(answers(307, "{}").withHeader("Location", "/elsewhere"));
        assertThat(subject.failure()).hasMessageContaining("307");
        assertThat(subject.requests.getAsInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void nothingSecretIsLogged(Subject subject) { // 17
        List<String> secrets = new ArrayList<>(subject.secrets);
        List<String> printed = new ArrayList<>();
        try (EverythingLogged logged = new EverythingLogged()) {
            subject.script.accept(answers(400, "{\"error\":\"no\",\"error_description\":\"no " + secrets + "\"}"));
            printed.add(EverythingLogged.trace(subject.failure()));
            secrets.add(subject.token().token());
            assertThat(logged.lines()).as("it was heard").anyMatch(line -> line.startsWith("dev.monocred "))
                    .anyMatch(line -> line.startsWith("reactor.netty"));
            assertThat(secrets).allSatisfy(secret -> {
                assertThat(logged.lines()).noneMatch(line -> line.contains(secret));
                assertThat(printed).noneMatch(text -> text.contains(secret));
            });
        }
    }

    @Test
    void aMetadataServiceThatDoesNotConnectIsUnavailable() throws IOException { // 40
        List<Socket> fillers = new ArrayList<>();
        // A full backlog: the kernel drops further SYNs, as 169.254.169.254 does outside Azure.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 8; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(full.getLocalSocketAddress(), 100);
                } catch (IOException backlogIsFull) {
                    break;
                }
            }
            ManagedIdentityCredential credential = ManagedIdentityCredential.builder().environment(name -> null)
                    .machine(variables -> new Machine(variables, "Linux", Path.of("/nowhere"),
                            URI.create("http://localhost:" + full.getLocalPort()))).build();
            assertThat(catchThrowableOfType(ClientAuthenticationException.class, () -> credential.getToken(SCOPE).block()))
                    .isInstanceOf(CredentialUnavailableException.class).hasMessageContaining("no connection");
            credential.close().block();
        } finally {
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void anAttemptBeginsAnewWhenArcBreaksOffAfterTheKey() { // 6.2: keys live shortly
        try (FakeArc arc = FakeArc.start().next(issues(), disconnects())) {
            ManagedIdentityCredential credential = credential(arc.environment(), arc.root());
            assertThat(credential.getToken(SCOPE).blockOptional()).isPresent();
            assertThat(arc.requests()).extracting(request -> request.header("Authorization") != null)
                    .containsExactly(false, true, false, true);
            credential.close().block();
        }
    }
}
