package dev.monocred.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** refresher.md M-1; DESIGN 3. */
class TokenRequestContextTest {

    private static final TokenRequestContext REQUEST = TokenRequestContext.of("scope-1");
    private static final AccessToken REJECTED = AccessToken.of("planted", Instant.EPOCH);

    static Stream<Arguments> equal() {
        return Stream.of(
                Arguments.of("order", TokenRequestContext.of("a", "b"), TokenRequestContext.of("b", "a")),
                Arguments.of("repetition", TokenRequestContext.of("a", "b", "a"), TokenRequestContext.of("b", "a")),
                Arguments.of("tenant case", REQUEST.withTenantId("Home-1"), REQUEST.withTenantId("hOME-1")),
                Arguments.of("claims", REQUEST.withClaims("{}"), REQUEST.withClaims("{}")),
                Arguments.of("CAE", REQUEST.withCaeEnabled(true), REQUEST.withCaeEnabled(true)),
                Arguments.of("rejected token by its text", REQUEST.withRejectedToken(REJECTED),
                        REQUEST.withRejectedToken(AccessToken.of("planted", Instant.MAX))),
                Arguments.of("taken back", REQUEST.withTenantId("t").withTenantId(null).withClaims("{}").withClaims(null)
                        .withRejectedToken(REJECTED).withRejectedToken(null).withCaeEnabled(true).withCaeEnabled(false), REQUEST));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("equal")
    void equalRequestsAreOneRequest(String what, TokenRequestContext one, TokenRequestContext other) {
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(other).isEqualTo(one);
    }

    static Stream<Arguments> different() {
        return Stream.of(
                Arguments.of("scope", TokenRequestContext.of("scope-2")),
                Arguments.of("scope case", TokenRequestContext.of("Scope-1")),
                Arguments.of("more scopes", TokenRequestContext.of("scope-1", "scope-2")),
                Arguments.of("tenant", REQUEST.withTenantId("home-1")),
                Arguments.of("claims", REQUEST.withClaims("{}")),
                Arguments.of("CAE", REQUEST.withCaeEnabled(true)),
                Arguments.of("rejected token", REQUEST.withRejectedToken(REJECTED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("different")
    void everyComponentTellsRequestsApart(String what, TokenRequestContext other) {
        assertThat(other).isNotEqualTo(REQUEST);
        assertThat(REQUEST).isNotEqualTo(other).isNotEqualTo("scope-1").isNotEqualTo(null);
    }

    @Test
    void equalHashesAreNotEnough() {
        assertThat("Aa").as("the texts collide").hasSameHashCodeAs("BB");
        assertThat(TokenRequestContext.of("Aa")).isNotEqualTo(TokenRequestContext.of("BB"));
        assertThat(REQUEST.withClaims("Aa")).isNotEqualTo(REQUEST.withClaims("BB"));
        assertThat(REQUEST.withRejectedToken(AccessToken.of("Aa", Instant.EPOCH)))
                .isNotEqualTo(REQUEST.withRejectedToken(AccessToken.of("BB", Instant.EPOCH)));
    }

    @Test
    void scopesKeepTheirOrderAndCannotBeChanged() {
        String[] given = {"b", "a", "b"};
        TokenRequestContext request = TokenRequestContext.of(given);
        given[0] = "changed";
        assertThat(request.scopes()).containsExactly("b", "a");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> request.scopes().add("c"));
    }

    @Test
    void copiesKeepEverythingElse() {
        TokenRequestContext request = REQUEST.withTenantId("t").withClaims("{}").withCaeEnabled(true).withRejectedToken(REJECTED);
        assertThat(request.scopes()).isEqualTo(List.of("scope-1"));
        assertThat(request.tenantId()).isEqualTo("t");
        assertThat(request.claims()).isEqualTo("{}");
        assertThat(request.isCaeEnabled()).isTrue();
        assertThat(request.rejectedToken()).isSameAs(REJECTED);
        assertThat(REQUEST.tenantId()).as("the original is unchanged").isNull();
    }

    @Test
    void neitherTheRejectedTokenNorTheClaimsArePrinted() {
        assertThat(REQUEST.withRejectedToken(REJECTED).withClaims("{\"planted\":1}").withTenantId("home-1"))
                .asString().contains("scope-1", "home-1").doesNotContain("planted");
    }
}
