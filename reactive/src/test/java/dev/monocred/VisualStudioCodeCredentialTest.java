package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;
import static dev.monocred.testing.ToolScript.nothing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.monocred.core.AccessToken;
import dev.monocred.core.AuthenticationRecord;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.RecordedTokenRequest;
import dev.monocred.testing.RecordedToolRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** developer-tools.md 5 and its checklist 44 to 46. */
class VisualStudioCodeCredentialTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://vault.azure.net/.default");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String INSTEAD = "or use AzureCliCredential, AzureDeveloperCliCredential or AzurePowerShellCredential instead.";

    private final List<VisualStudioCodeCredential> opened = new ArrayList<>();
    private final VisualStudioCodeSubject machine = VisualStudioCodeSubject.brokered();

    @AfterEach
    void end() {
        opened.forEach(credential -> credential.close().block(LIMIT));
        machine.close();
    }

    private VisualStudioCodeCredential open(VisualStudioCodeCredential.Builder builder) {
        VisualStudioCodeCredential credential = builder.build();
        opened.add(credential);
        return credential;
    }

    private VisualStudioCodeCredential.Builder brokered() {
        return machine.builder().tokenBroker(machine.broker());
    }

    private static AccessToken get(VisualStudioCodeCredential credential, TokenRequestContext request) {
        return Objects.requireNonNull(credential.getToken(request).block(LIMIT));
    }

    private static ClientAuthenticationException failure(VisualStudioCodeCredential credential) {
        return failure(credential, REQUEST);
    }

    private static ClientAuthenticationException failure(VisualStudioCodeCredential credential, TokenRequestContext request) {
        try {
            credential.getToken(request).block(LIMIT);
        } catch (ClientAuthenticationException failure) {
            return failure;
        }
        throw new AssertionError("it did not fail");
    }

    private VisualStudioCodeSubject.Question question() {
        return machine.broker().asked.get(machine.broker().asked.size() - 1);
    }

    /** Checklist 44. */
    @Nested
    class WithoutABroker {

        @Test
        void saysThatABrokerIsNeededAndWhatToUseInstead() {
            assertThat(failure(open(machine.builder()))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessage("VisualStudioCodeCredential is unavailable: Visual Studio Code gives tokens only through the"
                            + " operating system's broker, and no TokenBroker was given. Give the builder a TokenBroker, " + INSTEAD);
        }

        @Test
        void needsNoReadableHomeDirectory() throws IOException {
            Path home = Files.createDirectory(machine.secretTool().folder().resolve("closed"), PosixFilePermissions
                    .asFileAttribute(PosixFilePermissions.fromString("---------")));
            VisualStudioCodeCredential.Builder builder = machine.builder().environment(
                    name -> name.equals("HOME") ? home.toString() : machine.secretTool().environment().apply(name));

            assertThat(failure(open(builder))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("no TokenBroker was given");
        }
    }

    /** Checklist 45. */
    @Nested
    class TheRecord {

        private void isUnusable(String text, String why) {
            machine.record(".azure", text);

            assertThat(failure(open(brokered()))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageStartingWith("VisualStudioCodeCredential is unavailable: Visual Studio Code does not say who is signed"
                            + " in: its file " + machine.secretTool().folder())
                    .hasMessageEndingWith(why + ". Sign in to Azure in Visual Studio Code, with its extension Azure Resources, " + INSTEAD);
            assertThat(machine.broker().asked).isEmpty();
        }

        @Test
        void isFoundInTheOtherFolderToo() throws IOException {
            Files.delete(machine.record(".azure", ""));
            machine.record(".Azure", VisualStudioCodeSubject.recordOf(""));

            get(open(brokered()), REQUEST);

            assertThat(question().record().username()).isEqualTo("someone@example.com");
        }

        @Test
        void isTakenAsTheExtensionWritesIt() {
            get(open(brokered()), REQUEST);

            assertThat(question().record()).isEqualTo(AuthenticationRecord.of("login.microsoftonline.com",
                    VisualStudioCodeSubject.CLIENT_ID, "an-account.a-tenant", VisualStudioCodeSubject.TENANT, "someone@example.com"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"version\": \"1.0\",", "\"version\": null,", "\"unknown\": [{}],"})
        void mayHaveMore(String members) {
            machine.record(".azure", VisualStudioCodeSubject.recordOf(members));

            get(open(brokered()), REQUEST);
        }

        @Test
        void mayHaveAnAuthorityWithoutAScheme() {
            machine.record(".azure", VisualStudioCodeSubject.recordOf("").replace("https://", ""));

            get(open(brokered()), REQUEST);

            assertThat(question().record().authority()).isEqualTo("login.microsoftonline.com");
        }

        @Test
        void mayNameNoTenant() {
            machine.record(".azure", VisualStudioCodeSubject.recordOf(""));

            get(open(brokered()), REQUEST);

            assertThat(question().record().tenantId()).isEqualTo("organizations");
            assertThat(question().request().tenantId()).isEqualTo("organizations");
        }

        @Test
        void mayHaveTenKibibytesAndNotMore() {
            String record = VisualStudioCodeSubject.recordOf("");
            machine.record(".azure", record + " ".repeat(10 * 1024 - record.length()));
            get(open(brokered()), REQUEST);

            machine.broker().asked.clear();
            isUnusable(record + " ".repeat(10 * 1024 + 1 - record.length()), "is larger than 10 KiB, so it is no record");
        }

        @Test
        void mustBeVisualStudioCodes() {
            isUnusable(VisualStudioCodeSubject.recordOf("").replace("aebc6443", "00000000"),
                    "names another clientId than Visual Studio Code's");
        }

        @ParameterizedTest
        @CsvSource({"username,has no username", "homeAccountId,has no homeAccountId", "clientId,has no clientId", "authority,has no authority"})
        void mustBeComplete(String member, String why) {
            isUnusable(VisualStudioCodeSubject.recordOf("").replace("\"" + member + "\"", "\"other\""), why);
            isUnusable(VisualStudioCodeSubject.recordOf("").replaceFirst("(\"" + member + "\": )\"[^\"]*\"", "$1\" \""), why);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', value = {"../other", "a b", "contoso/x"})
        void mustNameATenantIfAny(String tenant) {
            isUnusable(VisualStudioCodeSubject.recordOf("\"tenantId\": \"" + tenant + "\","), "has an authority or a tenantId that is none");
        }

        @Test
        void mustBeSafeAndOfAKnownVersion() {
            isUnusable(VisualStudioCodeSubject.recordOf("").replace("https://", "http://"), "has an authority or a tenantId that is none");
            isUnusable(VisualStudioCodeSubject.recordOf("\"version\": \"2.0\","), "has a version that is not understood");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "[]", "{", "null", "{\"username\": \"\u00ff"})
        void mustBeARecordAtAll(String text) {
            isUnusable(text, "holds something that is no record");
        }

        @Test
        void mustBeUtf8() throws IOException {
            Files.write(machine.record(".azure", ""), VisualStudioCodeSubject.recordOf("").replace("someone", "s\u00f6meone")
                    .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(failure(open(brokered()))).hasMessageContaining("holds something that is no record");
        }

        @Test
        void mustBeThere() throws IOException {
            Path missing = machine.record(".azure", "");
            Files.delete(missing);

            assertThat(failure(open(brokered()))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining(missing + " does not exist. Sign in to Azure in Visual Studio Code");
        }

        @Test
        void isReadWhereReadingMayBlock() {
            VisualStudioCodeCredential credential = open(brokered());
            get(credential, REQUEST);
            // Within a second nobody looks whether somebody else signed in, so nothing else moves to that thread.
            get(credential, TokenRequestContext.of("https://storage.azure.com/.default"));

            assertThat(machine.broker().asked).extracting(VisualStudioCodeSubject.Question::thread).hasSize(2)
                    .allMatch(thread -> thread.startsWith("monocred-io"));
        }

        @Test
        void ofSomebodyElseEndsTheTokensOfTheOneBefore() {
            VisualStudioCodeCredential credential = open(brokered());
            assertThat(get(credential, REQUEST).token()).isEqualTo("token-1");
            assertThat(get(credential, REQUEST).token()).isEqualTo("token-1");

            machine.record(".azure", VisualStudioCodeSubject.recordOf("").replace("someone@", "else@"));
            machine.time().advance(Duration.ofSeconds(1));

            assertThat(get(credential, REQUEST).token()).isEqualTo("token-2");
            assertThat(question().record().username()).isEqualTo("else@example.com");
        }
    }

    /** Checklist 46. */
    @Nested
    class TheBroker {

        private static final String OTHER = "contoso.example";

        @Test
        void getsTheRecordTheScopesTheClaimsAndTheMode() {
            TokenRequestContext request = TokenRequestContext.of("https://a.example/.default", "https://a.example/Read")
                    .withClaims("{\"access_token\":{}}").withCaeEnabled(true);

            get(open(brokered()), request);

            assertThat(question().request()).isEqualTo(request.withTenantId(VisualStudioCodeSubject.TENANT));
            assertThat(question().record().homeAccountId()).isEqualTo("an-account.a-tenant");
        }

        @Test
        void isAskedAgainWhenItsTokenWasRejected() {
            VisualStudioCodeCredential credential = open(brokered());
            AccessToken first = get(credential, REQUEST);

            assertThat(get(credential, REQUEST.withRejectedToken(first)).token()).isEqualTo("token-2");
        }

        @Test
        void isAskedForTheBuildersTenantBeforeTheRecords() {
            get(open(brokered().tenantId(OTHER)), REQUEST);

            assertThat(question().request().tenantId()).isEqualTo(OTHER);
        }

        @Test
        void isAskedForTheRequestsTenantBeforeTheRecords() {
            get(open(brokered()), REQUEST.withTenantId(OTHER));

            assertThat(question().request().tenantId()).isEqualTo(OTHER);
        }

        @Test
        void isAskedForAnotherTenantThanTheBuildersOnlyIfThatIsAllowed() {
            assertThat(failure(open(brokered().tenantId("own.example")), REQUEST.withTenantId(OTHER)))
                    .hasMessageStartingWith("VisualStudioCodeCredential: ").hasMessageContaining("additionallyAllowedTenants");
            assertThat(machine.broker().asked).isEmpty();

            get(open(brokered().tenantId("own.example").additionallyAllowedTenants(OTHER)), REQUEST.withTenantId(OTHER));

            assertThat(question().request().tenantId()).isEqualTo(OTHER);
        }

        @Test
        void thatRefusesIsQuotedBehindOurOwnWords() {
            machine.broker().failures.add(new ClientAuthenticationException("The account must sign in\nagain (0xcaa20004)."));

            ClientAuthenticationException failure = failure(open(brokered()));

            assertThat(failure).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessage("VisualStudioCodeCredential: the broker gave no token: The account must sign in again (0xcaa20004)."
                            + " Sign in to Azure in Visual Studio Code again, " + INSTEAD).hasCauseInstanceOf(ClientAuthenticationException.class);
            assertThat(failure.isTransient()).isFalse();
        }

        @Test
        void thatIsNotThereMakesTheCredentialUnavailable() {
            machine.broker().failures.add(new CredentialUnavailableException("no broker is installed"));

            assertThat(failure(open(brokered()))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageStartingWith("VisualStudioCodeCredential is unavailable: the broker cannot be asked: no broker is installed. Check that");
        }

        @Test
        void thatBreaksMayBeAskedAgainLater() {
            machine.broker().failures.add(new IllegalStateException());

            assertThat(failure(open(brokered()))).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("gave no token: IllegalStateException")
                    .extracting(ClientAuthenticationException::isTransient).isEqualTo(true);
        }

        @Test
        void thatThrowsOrGivesNothingIsSaidToDoSo() {
            assertThat(failure(open(machine.builder().tokenBroker((record, request) -> {
                throw new UnsupportedOperationException("not here");
            })))).hasMessageContaining("the broker gave no token: not here.");
            assertThat(failure(open(machine.builder().tokenBroker((record, request) -> Mono.empty()))))
                    .hasMessage("VisualStudioCodeCredential: the application's TokenBroker gave no token. It must emit one or an error.");
        }

        @Test
        void thatQuotesATokenIsNotQuoted() {
            String token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJpbnZlbnRlZCI6MX0.";
            VisualStudioCodeCredential credential = open(brokered());
            machine.broker().failures.add(new ClientAuthenticationException("bad token " + token));
            machine.broker().failures.add(new ClientAuthenticationException("bad", new IllegalStateException("it was " + token)));

            assertThat(failure(credential)).hasMessageContaining("bad token ***").hasNoCause();
            assertThat(failure(credential, REQUEST.withTenantId(OTHER))).hasMessageContaining("gave no token: bad.").hasNoCause();
        }

        @Test
        void isTheOnlyOneToAskWhenThereIsARecord() {
            machine.secretTool().does(nothing().prints("an-old-refresh-token"));
            machine.broker().failures.add(new ClientAuthenticationException("no"));

            failure(open(brokered()));

            assertThat(machine.secretTool().runCount()).isZero();
        }

        @Test
        void isLeftAloneWhenTheCredentialIsClosed() {
            machine.holdAnswers();
            VisualStudioCodeCredential credential = open(brokered());
            CompletableFuture<AccessToken> waiting = credential.getToken(REQUEST).toFuture();

            credential.close().block(LIMIT);

            assertThat(waiting).failsWithin(LIMIT);
        }
    }

    /** developer-tools.md 5.1. */
    @Nested
    class TheOldRefreshToken {

        private String kept() {
            String secret = VisualStudioCodeSubject.refreshToken(machine.entra());
            machine.secretTool().does(nothing().prints(secret + "\n"));
            return secret;
        }

        private RecordedTokenRequest last() {
            List<RecordedTokenRequest> requests = machine.entra().requests();
            return requests.get(requests.size() - 1);
        }

        @Test
        void isLookedUpUnderItsNamesAndExchanged() {
            String secret = kept();

            get(open(machine.builder()), REQUEST);

            assertThat(machine.secretTool().runs()).singleElement().extracting(RecordedToolRun::arguments)
                    .isEqualTo(List.of("lookup", "service", "VS Code Azure", "account", "AzureCloud"));
            assertThat(last().form()).containsEntry("grant_type", "refresh_token").containsEntry("refresh_token", secret)
                    .containsEntry("client_id", VisualStudioCodeSubject.CLIENT_ID).doesNotContainKey("client_secret");
            assertThat(last().tenant()).isEqualTo("organizations");
        }

        @Test
        void helpsWhereThereIsABrokerAndNoRecord() throws IOException {
            kept();
            Files.delete(machine.record(".azure", ""));

            get(open(brokered()), REQUEST);

            assertThat(machine.broker().asked).isEmpty();
            assertThat(last().field("grant_type")).isEqualTo("refresh_token");
        }

        @Test
        void isNeverWrittenBackButFollowedHere() {
            String secret = kept();
            VisualStudioCodeCredential credential = open(machine.builder());
            get(credential, REQUEST);

            get(credential, TokenRequestContext.of("https://storage.azure.com/.default"));

            assertThat(last().field("refresh_token")).isNotEqualTo(secret);
            assertThat(machine.secretTool().runs()).extracting(run -> run.arguments().get(0)).containsOnly("lookup");
        }

        @Test
        void ofSomebodyElseCountsAtTheNextAcquisition() {
            kept();
            VisualStudioCodeCredential credential = open(machine.builder());
            get(credential, REQUEST);

            String other = kept();
            get(credential, TokenRequestContext.of("https://storage.azure.com/.default"));

            assertThat(last().field("refresh_token")).isEqualTo(other);
        }

        @Test
        void goesToTheTenantOfTheSettings() {
            kept();
            machine.write(".config/Code/User/settings.json",
                    "// mine\n{\"azure.tenant\": \"" + FakeEntra.TENANT_ID + "\", /* yes */ \"other\": [1,],}");

            get(open(machine.builder()), REQUEST);

            assertThat(last().tenant()).isEqualTo(FakeEntra.TENANT_ID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"azure.tenant\": \"../common\"}", "{\"azure.tenant\": 5.5.5}", "[]", "{\"azure.tenant\": \" \"}", ""})
        void doesNotMindSettingsThatAreNone(String settings) {
            kept();
            machine.write(".config/Code/User/settings.json", settings);

            get(open(machine.builder()), REQUEST);

            assertThat(last().tenant()).isEqualTo("organizations");
        }

        @Test
        void goesToTheBuildersTenantBeforeTheSettings() {
            kept();
            machine.write(".config/Code/User/settings.json", "{\"azure.tenant\": \"contoso.example\"}");

            get(open(machine.builder().tenantId(FakeEntra.TENANT_ID)), REQUEST);

            assertThat(last().tenant()).isEqualTo(FakeEntra.TENANT_ID);
        }

        @Test
        void isThatOfTheCloudInTheSettings() {
            String secret = kept();
            machine.secretTool().does("AzureUSGovernment", nothing().prints(VisualStudioCodeSubject.refreshToken(machine.entra())),
                    nothing().prints(secret));
            machine.write(".config/Code/User/settings.json", "{\"azure.cloud\": \"AzureUSGovernment\"}");

            get(open(machine.builder()), REQUEST);

            assertThat(last().field("refresh_token")).isNotEqualTo(secret);
            assertThat(machine.secretTool().runs()).extracting(run -> run.arguments().get(4))
                    .containsExactly("AzureCloud", "AzureUSGovernment");
        }

        @Test
        void ofASovereignCloudIsLookedUpUnderBothItsNames() {
            assertThat(failure(open(machine.builder().authorityHost("login.partner.microsoftonline.cn"))))
                    .isInstanceOf(CredentialUnavailableException.class);

            assertThat(machine.secretTool().runs()).extracting(run -> run.arguments().get(4))
                    .containsExactly("AzureChinaCloud", "AzureChina");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"refresh\": 1}", "two words", "caf\u00e9", "a+b"})
        void mustLookLikeOne(String text) {
            machine.secretTool().does(nothing().prints(text));
            int before = machine.entra().tokenRequests();

            assertThat(failure(open(machine.builder()))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("is no refresh token").hasMessageNotContaining(text);
            assertThat(machine.entra().tokenRequests()).isEqualTo(before);
        }

        @Test
        void isNotForAnAdfsServer() {
            kept();
            int before = machine.entra().tokenRequests();

            assertThat(failure(open(machine.builder().tenantId("adfs")))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("AD FS");
            assertThat(machine.entra().tokenRequests()).isEqualTo(before);
        }

        @Test
        void thatEntraRefusesIsARefusal() {
            String secret = kept();
            machine.entra().next(refuses("invalid_grant", 700082, "The refresh token has expired."));

            assertThat(failure(open(machine.builder()))).isNotInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("AADSTS700082").hasMessageNotContaining(secret);
        }

        @Test
        void thatCannotBeLookedUpLeavesTheSentenceAndTheReason() {
            machine.secretTool().does(nothing().complains("Cannot autolaunch D-Bus without X11 $DISPLAY").exits(1));

            assertThat(failure(open(machine.builder()))).isInstanceOf(CredentialUnavailableException.class)
                    .hasMessageContaining("no TokenBroker was given").cause().hasMessageContaining("Cannot autolaunch D-Bus");
        }

        @Test
        void isNotMissedWhereThereIsNoSecretTool() throws IOException {
            Files.delete(machine.secretTool().folder().resolve("secret-tool"));
            VisualStudioCodeCredential.Builder builder = machine.builder();

            assertThat(failure(open(builder))).isInstanceOf(CredentialUnavailableException.class);
        }
    }

    @Test
    void alwaysAsksAsVisualStudioCode() {
        assertThatIllegalArgumentException().isThrownBy(() -> machine.builder().clientId(FakeEntra.CLIENT_ID))
                .withMessageContaining(VisualStudioCodeSubject.CLIENT_ID);
        get(open(brokered().clientId(VisualStudioCodeSubject.CLIENT_ID)), REQUEST);
    }
}
