package dev.monocred.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.monocred.core.AccessToken;
import dev.monocred.core.cache.CacheEntry.AccessTokenEntry;
import dev.monocred.core.cache.CacheEntry.AccountEntry;
import dev.monocred.core.cache.CacheEntry.RefreshTokenEntry;
import dev.monocred.core.cache.TokenCacheDocument.Owner;
import dev.monocred.core.oauth.TokenResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCacheDocumentTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final String PUBLIC = "login.microsoftonline.com";
    private static final Owner USER = new Owner(PUBLIC, "c1", "uid.utid", "");
    private static final Owner APPLICATION = new Owner(PUBLIC, "c1", "", "");
    private static final List<String> READ = List.of("User.Read");

    private static TokenCacheDocument document(String json) {
        return Objects.requireNonNull(TokenCacheJson.read(json.replace('\'', '"').getBytes(UTF_8)), "no document");
    }

    private static JsonNode json(TokenCacheDocument document) {
        try {
            return JsonMapper.builder().build().readTree(TokenCacheJson.write(document));
        } catch (IOException notJson) {
            throw new AssertionError(notJson);
        }
    }

    private static String accessToken(String more) {
        return "{'AccessToken':{'k':{'home_account_id':'uid.utid','environment':'login.windows.net','client_id':'c1',"
                + "'realm':'utid','target':'User.Read openid','secret':'at','expires_on':'" + (SECOND + 3600) + "'" + more + "}}}";
    }

    private static @Nullable String found(TokenCacheDocument document, Owner owner, List<String> scopes) {
        AccessTokenEntry entry = document.accessToken(owner, "utid", scopes, NOW);
        return entry == null ? null : entry.secret();
    }

    @Test
    void aSignInAtAnAddressForEverybodyIsOneAtTheOwnTenant() {
        Owner owner = new Owner("login.microsoftonline.com", "c1", "uid.utid", "");
        String everybodys = accessToken("").replace("'realm':'utid'", "'realm':'organizations'");

        assertThat(found(document(everybodys), owner, List.of("User.Read"))).isEqualTo("at");
        assertThat(document(accessToken("")).accessToken(owner, "Common", List.of("User.Read"), NOW)).isNotNull();
        assertThat(document(everybodys).accessToken(owner, "another", List.of("User.Read"), NOW)).isNull();
    }

    private static List<String> refreshTokens(TokenCacheDocument document, Owner owner) {
        return document.refreshTokens(owner).stream().map(CacheEntry::secret).toList();
    }

    private static String refreshToken(String key, String fields) {
        return "'" + key + "':{'home_account_id':'uid.utid','environment':'login.windows.net'," + fields + "}";
    }

    private static TokenResponse response(@Nullable String refreshToken, @Nullable String family, @Nullable String scope) {
        String claims = "{\"sub\":\"s\",\"oid\":\"o\",\"preferred_username\":\"user@example.com\",\"name\":\"A. User\"}";
        String idToken = "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8)) + ".";
        String ids = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"uid\":\"uid\",\"utid\":\"utid\"}".getBytes(UTF_8));
        return new TokenResponse(AccessToken.of("at", NOW.plusSeconds(3600)).withRefreshAt(NOW.plusSeconds(1800)), refreshToken,
                idToken, ids, scope, family);
    }

    private static List<CacheEntry> entries(TokenResponse response, String... scopes) {
        return new CachedResponse(PUBLIC, "C1", CachedResponse.homeAccountId(response), "Utid", List.of(scopes), "", response, NOW)
                .entries();
    }

    @Nested
    class ReadAndWritten {

        /** token-cache.md 12, number 1. */
        @Test
        void keepsEverythingThatItDoesNotKnow() {
            String text = "{'AccessToken':{'k':{'secret':'at','cached_at':12,'nothing':null,'more':{'a':[1.10]}}},"
                    + "'RefreshToken':null,'Account':{'x':'no entry'},'Elsewhere':{'y':{'z':true}}}";
            TokenCacheDocument read = document(text);

            TokenCacheDocument changed = read.with(entries(response("rt", null, null), "User.Read"));
            JsonNode written = json(changed);

            assertThat(json(read)).isEqualTo(json(document(text)));
            assertThat(written.path("AccessToken").path("k")).isEqualTo(json(read).path("AccessToken").path("k"));
            assertThat(written.path("Elsewhere")).isEqualTo(json(read).path("Elsewhere"));
            assertThat(written.path("Account").path("x").asText()).isEqualTo("no entry");
            assertThat(refreshTokens(changed, USER)).containsExactly("rt");
        }

        @Test
        void keepsWhatOthersWroteIntoAnEntryThatIsRenewed() {
            TokenCacheDocument read = document("{'RefreshToken':{" + refreshToken("their-key",
                    "'client_id':'c1','secret':'old','last_modification_time':'7'") + "}}");

            JsonNode section = json(read.with(entries(response("new", null, null), "User.Read"))).path("RefreshToken");

            assertThat(section.properties()).as("no second entry").hasSize(1);
            assertThat(section.path("their-key").path("secret").asText()).isEqualTo("new");
            assertThat(section.path("their-key").path("last_modification_time").asText()).isEqualTo("7");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "  \n"})
        void isEmptyWhereNothingIs(String text) {
            assertThat(TokenCacheJson.read(text.getBytes(UTF_8))).isEqualTo(TokenCacheDocument.EMPTY);
        }

        @ParameterizedTest
        @ValueSource(strings = {"{", "[]", "no JSON", "{\"AccessToken\":{}} more"})
        void isNothingWhereSomethingElseIs(String text) {
            assertThat(TokenCacheJson.read(text.getBytes(UTF_8))).isNull();
        }

        @Test
        void printsNoSecret() {
            TokenCacheDocument document = TokenCacheDocument.EMPTY.with(entries(response("secret-rt", "1", null), "a"));

            assertThat(document.toString()).doesNotContain("secret-rt", "uid");
            assertThat(document.refreshTokens(USER).toString()).doesNotContain("secret-rt", "uid").contains("secret");
        }
    }

    @Nested
    class AccessTokens {

        /** Number 7. */
        @Test
        void areNotGivenOutInTheirLastFiveMinutes() {
            TokenCacheDocument document = document(accessToken(""));

            assertThat(document.accessToken(USER, "utid", READ, NOW.plusSeconds(3300))).isNotNull();
            assertThat(document.accessToken(USER, "utid", READ, NOW.plusSeconds(3301))).isNull();
        }

        /** Number 7. */
        @Test
        void thatShouldBeReplacedAreStillUsable() {
            AccessTokenEntry entry = document(accessToken(",'refresh_on':'" + (SECOND - 1) + "'"))
                    .accessToken(USER, "utid", READ, NOW);

            assertThat(entry).isNotNull();
            assertThat(Objects.requireNonNull(entry).isRefreshDue(NOW)).isTrue();
            assertThat(entry.token()).isEqualTo(AccessToken.of("at", NOW.plusSeconds(3600)).withRefreshAt(NOW.minusSeconds(1)));
            assertThat(entry.isRefreshDue(NOW.minusSeconds(2))).isFalse();
        }

        /** Number 5. */
        @ParameterizedTest
        @CsvSource({"User.Read, true", "user.read, true", "OPENID user.READ, true", "User.Write, false", "User.Read User.Write, false"})
        void coverWhatWasGranted(String asked, boolean isFound) {
            assertThat(found(document(accessToken("")), USER, List.of(asked.split(" ")))).isEqualTo(isFound ? "at" : null);
        }

        @Test
        void ofTheSameScopesTheOneThatLivesLongestCounts() {
            String later = "'later':{'home_account_id':'uid.utid','environment':'" + PUBLIC + "','client_id':'c1','realm':'utid',"
                    + "'target':'User.Read','secret':'later','expires_on':'" + (SECOND + 7200) + "'}}}";

            assertThat(found(document(accessToken("").replace("}}}", "}," + later)), USER, READ)).isEqualTo("later");
        }

        /** Number 5. */
        @Test
        void haveTheirTimesAsNumbersToo() {
            assertThat(found(document(accessToken("").replace("'" + (SECOND + 3600) + "'", String.valueOf(SECOND + 3600))), USER,
                    READ)).isEqualTo("at");
            assertThat(found(document(accessToken("").replace("'" + (SECOND + 3600) + "'", "'soon'")), USER, READ)).isNull();
            assertThat(found(document(accessToken("").replace(",'expires_on':'" + (SECOND + 3600) + "'", "")), USER, READ)).isNull();
        }

        @Test
        void ofAnotherKindAreNotBearerTokens() {
            assertThat(found(document(accessToken(",'token_type':'pop'")), USER, READ)).isNull();
            assertThat(found(document(accessToken(",'token_type':'bearer'")), USER, READ)).isEqualTo("at");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", ",'home_account_id':''", ",'home_account_id':null"})
        void ofAnApplicationHaveNoAccountInEveryForm(String account) {
            TokenCacheDocument document = document(accessToken(account).replace("'home_account_id':'uid.utid',", ""));

            assertThat(found(document, APPLICATION, READ)).isEqualTo("at");
            assertThat(found(document, USER, READ)).isNull();
        }

        @Test
        void onBehalfOfAnotherAreNotFound() {
            TokenCacheDocument document = document(accessToken(",'userAssertionHash':'h1'"));

            assertThat(found(document, USER, READ)).isNull();
            assertThat(found(document, new Owner(PUBLIC, "c1", "uid.utid", "h1"), READ)).isEqualTo("at");
            assertThat(found(document, new Owner(PUBLIC, "c1", "uid.utid", "H1"), READ)).isNull();
        }
    }

    @Nested
    class Hosts {

        /** Number 6. */
        @ParameterizedTest
        @CsvSource({"login.microsoftonline.com, sts.windows.net, true", "login.windows.net, LOGIN.microsoft.com, true",
            "login.chinacloudapi.cn, login.partner.microsoftonline.cn, true",
            "login.usgovcloudapi.net, login.microsoftonline.us, true", "login.microsoftonline.us, login.microsoftonline.com, false",
            "login.example.com, LOGIN.example.com, true", "login.example.com, login.example.com:8443, false"})
        void ofOneCloudAreOne(String asked, String written, boolean isSame) {
            TokenCacheDocument document = document(accessToken("").replace("login.windows.net", written));

            assertThat(found(document, new Owner(asked, "c1", "uid.utid", ""), READ)).isEqualTo(isSame ? "at" : null);
        }

        @Test
        void areWrittenByTheNameThatCachesHave() {
            JsonNode written = json(TokenCacheDocument.EMPTY.with(entries(response("rt", null, null), "a")));

            assertThat(written.findValuesAsText("environment")).containsOnly("login.windows.net");
        }
    }

    /** Number 3. */
    @Nested
    class WrittenByOthers {

        @Test
        void pythonNamesARefreshTokenByApplicationAndScopes() {
            TokenCacheDocument document = document("{'RefreshToken':{" + refreshToken(
                    "uid.utid-login.windows.net-refreshtoken-c1--user.read openid",
                    "'client_id':'c1','secret':'rt','target':'user.read openid','family_id':'1','credential_type':'RefreshToken'")
                    + "}}");

            assertThat(refreshTokens(document, USER)).containsExactly("rt");
            assertThat(refreshTokens(document.withRotated("rt", "next"), USER)).containsExactly("next");
        }

        @Test
        void javascriptNamesAnAccessTokenWithAHyphenAtItsEndAndKeepsTenantsInOneAccount() {
            TokenCacheDocument document = document("{'AccessToken':{'uid.utid-login.windows.net-accesstoken-c1-utid-user.read--':"
                    + "{'home_account_id':'uid.utid','environment':'login.windows.net','credential_type':'AccessToken',"
                    + "'client_id':'c1','realm':'utid','target':'User.Read','secret':'at','expires_on':'" + (SECOND + 900) + "',"
                    + "'tokenType':'Bearer'}},'Account':{'uid.utid-login.windows.net-utid':{'home_account_id':'uid.utid',"
                    + "'environment':'login.windows.net','realm':'utid','username':'u@example.com',"
                    + "'tenantProfiles':['a profile']}}}");

            assertThat(found(document, USER, READ)).isEqualTo("at");
            assertThat(document.accounts(PUBLIC)).extracting(AccountEntry::username).containsExactly("u@example.com");
        }

        @Test
        void javaWritesNoTokenTypeAndAnAccountForEachTenant() {
            TokenCacheDocument document = document("{'Account':{'a':{'home_account_id':'uid.utid','environment':'" + PUBLIC
                    + "','realm':'organizations','username':'u'},'b':{'home_account_id':'UID.utid','environment':"
                    + "'login.windows.net','realm':'t2','username':'u'}}}");

            assertThat(document.accounts(PUBLIC)).hasSize(1);
            assertThat(found(document(accessToken("")), USER, READ)).isEqualTo("at");
        }
    }

    /** Number 8. */
    @Nested
    class Families {

        private static final String BOTH = "{'RefreshToken':{" + refreshToken("own", "'client_id':'c1','secret':'own'") + ","
                + refreshToken("family", "'client_id':'c2','secret':'family','family_id':'1'") + "}%s}";

        private static String metadata(String family) {
            return ",'AppMetadata':{'appmetadata-login.windows.net-C1':{'environment':'" + PUBLIC + "','client_id':'C1'" + family
                    + "}}";
        }

        @Test
        void areFirstWhereTheApplicationIsKnownToBeInThem() {
            assertThat(refreshTokens(document(BOTH.formatted(metadata(",'family_id':'1'"))), USER))
                    .containsExactly("family", "own");
        }

        @Test
        void areNotUsedByAnApplicationThatIsInNone() {
            assertThat(refreshTokens(document(BOTH.formatted(metadata(""))), USER)).containsExactly("own");
            assertThat(refreshTokens(document(BOTH.formatted("")), USER)).containsExactly("own");
        }

        @Test
        void ofMicrosoftsOwnToolsAreKnownWithoutAnyAnswer() {
            Owner cli = new Owner(PUBLIC, "04B07795-8ddb-461a-bbee-02f9e1bf7b46", "uid.utid", "");

            assertThat(refreshTokens(document(BOTH.formatted("")), cli)).containsExactly("family");
            assertThat(refreshTokens(document(BOTH.formatted("")).withoutFamily(cli), cli)).isEmpty();
        }

        @Test
        void endForAnApplicationThatTheServerFoundOutside() {
            TokenCacheDocument document = document(BOTH.formatted(metadata(",'family_id':'1'"))).withoutFamily(USER);

            assertThat(refreshTokens(document, USER)).containsExactly("own");
        }

        @Test
        void areWrittenUnderTheFamilysName() {
            JsonNode written = json(TokenCacheDocument.EMPTY.with(entries(response("rt", "1", null), "a")));

            assertThat(written.path("RefreshToken").has("uid.utid-login.windows.net-refreshtoken-1--")).isTrue();
            assertThat(written.path("AppMetadata").path("appmetadata-login.windows.net-c1").path("family_id").asText())
                    .isEqualTo("1");
        }
    }

    @Nested
    class RefreshTokens {

        @Test
        void thatWereRotatedAreReplacedWhereverTheyStand() {
            TokenCacheDocument document = document("{'RefreshToken':{" + refreshToken("a", "'client_id':'c1','secret':'old'") + ","
                    + refreshToken("b", "'client_id':'c1','secret':'old','target':'x'") + ","
                    + refreshToken("c", "'client_id':'c1','secret':'other'") + "}}");

            assertThat(refreshTokens(document.withRotated("old", "new"), USER)).containsExactly("new", "other");
            assertThat(refreshTokens(document.withoutRefreshToken("old"), USER)).containsExactly("other");
        }

        @Test
        void ofAnExchangeAreNotUsedForAnother() {
            TokenCacheDocument document = document("{'RefreshToken':{" + refreshToken("a",
                    "'client_id':'c1','secret':'rt','user_assertion_hash':'h1'") + "}}");

            assertThat(refreshTokens(document, USER)).isEmpty();
            assertThat(refreshTokens(document, new Owner(PUBLIC, "c1", "uid.utid", "h2"))).isEmpty();
            assertThat(refreshTokens(document, new Owner(PUBLIC, "c1", "uid.utid", "h1"))).containsExactly("rt");
        }
    }

    @Nested
    class Written {

        /** Number 2. */
        @ParameterizedTest
        @ValueSource(strings = {"en", "tr-TR"})
        void underNamesOfSmallLettersInEveryLanguage(String language) {
            Locale before = Locale.getDefault();
            try {
                Locale.setDefault(Locale.forLanguageTag(language));
                JsonNode written = json(TokenCacheDocument.EMPTY.with(entries(response("rt", null, "User.READ openid"), "Files.I")));

                assertThat(keys(written, "AccessToken"))
                        .containsExactly("uid.utid-login.windows.net-accesstoken-c1-utid-files.i user.read");
                assertThat(keys(written, "RefreshToken")).containsExactly("uid.utid-login.windows.net-refreshtoken-c1--");
                assertThat(keys(written, "IdToken")).containsExactly("uid.utid-login.windows.net-idtoken-c1-utid-");
                assertThat(keys(written, "Account")).containsExactly("uid.utid-login.windows.net-utid");
            } finally {
                Locale.setDefault(before);
            }
        }

        /** Number 2. */
        @Test
        void forAnApplicationWithoutAnAccount() {
            TokenResponse own = new TokenResponse(AccessToken.of("at", NOW.plusSeconds(3600)), null, null, null, null, null);

            JsonNode written = json(TokenCacheDocument.EMPTY.with(entries(own, "https://vault.azure.net/.default")));

            assertThat(keys(written, "AccessToken"))
                    .containsExactly("-login.windows.net-accesstoken-c1-utid-https://vault.azure.net/.default");
            assertThat(written.has("Account")).isFalse();
            assertThat(found(TokenCacheDocument.EMPTY.with(entries(own, "User.Read")), APPLICATION, READ)).isEqualTo("at");
        }

        private static List<String> keys(JsonNode document, String section) {
            return document.path(section).properties().stream().map(Map.Entry::getKey).toList();
        }

        /** Number 5. */
        @Test
        void withSortedScopesAndTimesAsTexts() {
            JsonNode entry = json(TokenCacheDocument.EMPTY.with(entries(response("rt", null, "b.c a.b openid profile"), "z.y")))
                    .path("AccessToken").elements().next();

            assertThat(entry.path("target").asText()).isEqualTo("a.b b.c z.y");
            assertThat(entry.path("expires_on")).isEqualTo(json(document("{'a':'" + (SECOND + 3600) + "'}")).path("a"));
            assertThat(entry.path("refresh_on").asText()).isEqualTo(String.valueOf(SECOND + 1800));
            assertThat(entry.path("extended_expires_on").asText()).isEqualTo(String.valueOf(SECOND + 3600));
            assertThat(entry.path("cached_at").asText()).isEqualTo(String.valueOf(SECOND));
        }

        @Test
        void onceForEachSetOfScopes() {
            TokenCacheDocument once = TokenCacheDocument.EMPTY.with(entries(response("rt", null, null), "a.b", "c.d"));

            assertThat(keys(json(once.with(entries(response("rt", null, null), "C.D", "a.b"))), "AccessToken")).hasSize(1);
            assertThat(keys(json(once.with(entries(response("rt", null, null), "a.b"))), "AccessToken")).hasSize(2);
        }

        @Test
        void withWhoSignedIn() {
            JsonNode account = json(TokenCacheDocument.EMPTY.with(entries(response("rt", null, null), "a"))).path("Account")
                    .elements().next();

            assertThat(account.path("username").asText()).isEqualTo("user@example.com");
            assertThat(account.path("local_account_id").asText()).isEqualTo("o");
            assertThat(account.path("authority_type").asText()).isEqualTo("MSSTS");
        }

        @Test
        void withoutAccessTokensForAMemoryThatHasThemElsewhere() {
            JsonNode written = json(TokenCacheDocument.EMPTY.with(entries(response("rt", null, null), "a")).withoutAccessTokens());

            assertThat(keys(written, "AccessToken")).isEmpty();
            assertThat(keys(written, "RefreshToken")).hasSize(1);
        }
    }

    /** Number 4. */
    @Nested
    class TheAccount {

        @Test
        void isNamedByItsIds() {
            assertThat(CachedResponse.homeAccountId(response("rt", null, null))).isEqualTo("uid.utid");
        }

        @Test
        void isTheSubjectWhereTheIdsAreMissing() {
            TokenResponse full = response("rt", null, null);
            assertThat(CachedResponse.homeAccountId(new TokenResponse(full.accessToken(), null, full.idToken(), null, null, null)))
                    .isEqualTo("s");
        }

        @Test
        void isNobodyWhereNothingSaysWho() {
            TokenResponse full = response("rt", null, null);
            assertThat(CachedResponse.homeAccountId(new TokenResponse(full.accessToken(), null, null, null, null, null))).isEmpty();
        }

        @Test
        void canBeOneOfSeveral() {
            TokenCacheDocument document = document("{'RefreshToken':{" + refreshToken("a", "'client_id':'c1','secret':'mine'")
                    + ",'b':{'home_account_id':'other.utid','environment':'" + PUBLIC + "','client_id':'c1','secret':'theirs'}}}");

            assertThat(document.refreshTokens(USER)).extracting(RefreshTokenEntry::secret).containsExactly("mine");
        }
    }
}
