package dev.monocred.core.oauth;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.EntraError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** entra.md 3.7; checklist 40, 58. */
class AuthorizationAnswerTest {

    @Test
    void aCodeComesWithItsStateAndOtherThingsThatMeanNothing() {
        AuthorizationAnswer answer = AuthorizationAnswer.parse(
                "code=0.AX%2B1&state=st%7E1&session_state=x&iss=https%3A%2F%2Fexample.com&client_info=e30&empty&=");

        assertThat(answer).isEqualTo(new AuthorizationAnswer("st~1", "0.AX+1", null));
    }

    @Test
    void aRefusalKeepsWhatItSays() {
        AuthorizationAnswer answer = AuthorizationAnswer.parse("error=access_denied&error_subcode=cancel&state=s"
                + "&error_description=AADSTS65004%3A+User+declined+to+consent%0D%0ATrace+ID%3A+0a000000-0000-0000-0000-000000000001"
                + "+Correlation+ID%3A+0b000000-0000-0000-0000-000000000002+Timestamp%3A+2026-01-01+00%3A00%3A00Z");

        EntraError refusal = requireNonNull(answer.refusal()).error();
        assertThat(answer.code()).isNull();
        assertThat(refusal.error()).isEqualTo("access_denied");
        assertThat(refusal.suberror()).isEqualTo("cancel");
        assertThat(refusal.errorCodes()).containsExactly(65004L);
        assertThat(refusal.errorDescription()).startsWith("AADSTS65004: User declined to consent Trace ID: ");
        assertThat(refusal.correlationId()).isEqualTo("0b000000-0000-0000-0000-000000000002");
        assertThat(refusal.traceId()).isEqualTo("0a000000-0000-0000-0000-000000000001");
        assertThat(refusal.httpStatus()).as("there was none").isZero();
    }

    @Test
    void aRefusalNeedsNoDescription() {
        Refused refused = requireNonNull(AuthorizationAnswer.parse("error=login_required&state=s").refusal());
        EntraError refusal = refused.error();

        assertThat(refused.isTransient()).isFalse();

        assertThat(refusal.error()).isEqualTo("login_required");
        assertThat(refusal.errorDescription()).isNull();
        assertThat(refusal.errorCodes()).isEmpty();
        assertThat(refusal.correlationId()).isNull();
    }

    @Test
    void anOutageIsTransient() {
        assertThat(requireNonNull(AuthorizationAnswer.parse("error=temporarily_unavailable").refusal()).isTransient()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&&", "state=&code=&error=", "state=a&code=b&state=a", "state=%zz&code=b", "%=&state=a",
        "state=a&code=b&code=c"})
    void whatIsMalformedOrAmbiguousAnswersNothing(String encoded) {
        assertThat(AuthorizationAnswer.parse(encoded)).isEqualTo(new AuthorizationAnswer(null, null, null));
    }

    @Test
    void noCodeIsPrinted() {
        assertThat(AuthorizationAnswer.parse("code=planted&state=other").toString()).doesNotContain("planted", "other");
    }
}
