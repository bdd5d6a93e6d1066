package dev.monocred.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md, number 46; token-cache.md, number 27. */
class AuthenticationRecordTest {

    private static final AuthenticationRecord RECORD =
            AuthenticationRecord.of("login.microsoftonline.com", "client", "uid.utid", "utid", "user@example.com");
    private static final String JSON = "{\"authority\":\"login.microsoftonline.com\",\"clientId\":\"client\","
            + "\"homeAccountId\":\"uid.utid\",\"tenantId\":\"utid\",\"username\":\"user@example.com\",\"version\":\"1.0\"}";

    @Test
    void isWrittenAsTheOtherLibrariesDo() {
        assertThat(RECORD.serialize()).isEqualTo(JSON);
    }

    @Test
    void comesBackAsItWas() {
        assertThat(AuthenticationRecord.deserialize(RECORD.serialize())).isEqualTo(RECORD).hasSameHashCodeAs(RECORD);
        assertThat(AuthenticationRecord.deserialize(JSON).authority()).isEqualTo("login.microsoftonline.com");
        assertThat(AuthenticationRecord.deserialize(JSON).clientId()).isEqualTo("client");
        assertThat(AuthenticationRecord.deserialize(JSON).homeAccountId()).isEqualTo("uid.utid");
        assertThat(AuthenticationRecord.deserialize(JSON).tenantId()).isEqualTo("utid");
        assertThat(AuthenticationRecord.deserialize(JSON).username()).isEqualTo("user@example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {",\"version\":\"1.0\"", ",\"version\":\"1.7\"", ",\"version\":null", "", ",\"more\":[1]"})
    void isReadWhateverElseItHas(String more) {
        assertThat(AuthenticationRecord.deserialize(JSON.replace(",\"version\":\"1.0\"", more))).isEqualTo(RECORD);
    }

    @Test
    void isReadWithAUrlInsteadOfAHost() {
        assertThat(AuthenticationRecord.deserialize(JSON.replace("login.microsoftonline.com", "https://login.microsoftonline.com/")))
                .isEqualTo(RECORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"2.0\"", "\"10.0\"", "2", "{}", "\"\""})
    void isRefusedInAnotherVersion(String version) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuthenticationRecord.deserialize(JSON.replace("\"1.0\"", version)))
                .withMessageContaining("version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"authority", "clientId", "homeAccountId", "tenantId", "username"})
    void isRefusedWithoutAMember(String member) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuthenticationRecord.deserialize(JSON.replace("\"" + member + "\"", "\"x\"")))
                .withMessageContaining(member);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{", "user@example.com"})
    void isRefusedWhenItIsNoJson(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> AuthenticationRecord.deserialize(json))
                .withMessageContaining("authenticate()").withNoCause();
    }

    @Test
    void doesNotPrintThePerson() {
        assertThat(RECORD.toString()).doesNotContain("user@example.com", "uid.").contains("client", "utid");
    }
}
