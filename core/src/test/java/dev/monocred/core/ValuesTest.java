package dev.monocred.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** The values and errors of the contract; entra.md 2.5, 4; checklist 19. */
class ValuesTest {

    private static final Instant END = Instant.parse("2026-08-01T11:00:00Z");

    @Nested
    class AnAccessToken {

        @Test
        void printsEverythingButTheToken() {
            assertThat(AccessToken.of("planted", END).withRefreshAt(END.minusSeconds(60)).withTokenType("pop")).asString()
                    .contains("2026-08-01T11:00:00Z", "2026-08-01T10:59:00Z", "pop").doesNotContain("planted");
        }

        @Test
        void isAValue() {
            AccessToken token = AccessToken.of("AT-1", END);
            assertThat(token).isEqualTo(AccessToken.of("AT-1", END)).hasSameHashCodeAs(AccessToken.of("AT-1", END))
                    .isNotEqualTo(AccessToken.of("AT-2", END))
                    .isNotEqualTo(AccessToken.of("AT-1", END.plusSeconds(1)))
                    .isNotEqualTo(token.withRefreshAt(END))
                    .isNotEqualTo(token.withTokenType("pop"))
                    .isNotEqualTo("AT-1");
            assertThat(token.withRefreshAt(END).withRefreshAt(null)).isEqualTo(token);
        }

        @Test
        void isABearerTokenWithoutAHintUnlessSaidOtherwise() {
            AccessToken token = AccessToken.of("AT-1", END);
            assertThat(token.token()).isEqualTo("AT-1");
            assertThat(token.expiresAt()).isEqualTo(END);
            assertThat(token.refreshAt()).isNull();
            assertThat(token.tokenType()).isEqualTo("Bearer");
        }

        @ParameterizedTest(name = "\"{0}\"")
        @ValueSource(strings = {"", " ", "\n"})
        void isNeverBlank(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> AccessToken.of(text, END));
        }
    }

    @Nested
    class AnEntraError {

        private final EntraError error = EntraError.builder(400).error("invalid_grant").errorDescription("planted")
                .errorCodes(List.of(50076L)).suberror("basic_action").claims("{\"planted\":1}").correlationId("c-1")
                .traceId("t-1").timestamp("2026-01-01 00:00:00Z").build();

        @Test
        void holdsWhatWasSaid() {
            assertThat(error.httpStatus()).isEqualTo(400);
            assertThat(error.error()).isEqualTo("invalid_grant");
            assertThat(error.errorDescription()).isEqualTo("planted");
            assertThat(error.errorCodes()).containsExactly(50076L);
            assertThat(error.suberror()).isEqualTo("basic_action");
            assertThat(error.claims()).isEqualTo("{\"planted\":1}");
            assertThat(error.correlationId()).isEqualTo("c-1");
            assertThat(error.traceId()).isEqualTo("t-1");
            assertThat(error.timestamp()).isEqualTo("2026-01-01 00:00:00Z");
        }

        @Test
        void printsCodesAndIdsOnly() {
            assertThat(error).asString().contains("400", "invalid_grant", "50076", "c-1", "t-1").doesNotContain("planted");
        }

        @Test
        void doesNotChangeWithItsBuilderOrLists() {
            List<Long> codes = new ArrayList<>(List.of(1L));
            EntraError.Builder builder = EntraError.builder(400).errorCodes(codes);
            EntraError built = builder.build();
            codes.add(2L);
            builder.error("changed");
            assertThat(built.errorCodes()).containsExactly(1L);
            assertThat(built.error()).isNull();
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> built.errorCodes().add(2L));
        }

        @Test
        void keepsOneKibibyteOfTheDescription() {
            String shown = requireNonNull(EntraError.builder(400).errorDescription("x".repeat(5000)).build().errorDescription());
            assertThat(shown).hasSize(1025).endsWith("…");
        }
    }

    @Nested
    class AnException {

        private final EntraError error = EntraError.builder(400).error("invalid_grant").errorDescription("planted")
                .claims("{\"planted\":1}").build();
        private final ClientAuthenticationException.Details details = ClientAuthenticationException.Details.NONE
                .withEntraError(error).withTransient(true).withRetryAt(END);

        @Test
        void carriesItsTypedPart() {
            ClientAuthenticationException refused = new ClientAuthenticationException("no", null, details);
            assertThat(refused.entraError()).isSameAs(error);
            assertThat(refused.isTransient()).isTrue();
            assertThat(refused.retryAt()).isEqualTo(END);
            assertThat(refused.attempts()).isEmpty();
            assertThat(refused.details()).isSameAs(details);
        }

        @Test
        void withASentenceAloneKnowsNothingElse() {
            for (ClientAuthenticationException bare : List.of(new ClientAuthenticationException("no"),
                    new ClientAuthenticationException("no", new IOException("reset")),
                    new CredentialUnavailableException("no"), new CredentialUnavailableException("no", null))) {
                assertThat(bare.entraError()).isNull();
                assertThat(bare.isTransient()).isFalse();
                assertThat(bare.retryAt()).isNull();
                assertThat(bare.attempts()).isEmpty();
            }
        }

        @Test
        void ofAChainHoldsEachAttempt() {
            CredentialAttempt attempt = CredentialAttempt.of("AzureCliCredential",
                    new CredentialUnavailableException("az is not installed", null, details));
            ClientAuthenticationException chain =
                    new ClientAuthenticationException("all failed", null, details.withAttempts(List.of(attempt)));
            assertThat(chain.attempts()).containsExactly(attempt);
            assertThat(attempt).hasToString("AzureCliCredential: az is not installed");
            assertThat(attempt.entraError()).isSameAs(error);
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> chain.attempts().clear());
        }

        @Test
        void thatAPersonMustActOnNamesScopesAndClaims() {
            AuthenticationRequiredException required = new AuthenticationRequiredException("sign in",
                    TokenRequestContext.of("scope-1").withClaims("{}"), null, details);
            assertThat(required).isInstanceOf(CredentialUnavailableException.class)
                    .isInstanceOf(ClientAuthenticationException.class);
            assertThat(required.scopes()).containsExactly("scope-1");
            assertThat(required.claims()).isEqualTo("{}");
        }

        @Test
        void printsNeitherDescriptionClaimsNorToken() {
            ClientAuthenticationException failure = new AuthenticationRequiredException("sign in", TokenRequestContext.of("scope-1")
                    .withClaims("{\"planted\":1}").withRejectedToken(AccessToken.of("planted", END)), null, details.withAttempts(
                            List.of(CredentialAttempt.of("X", new ClientAuthenticationException("no", null, details)))));
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            assertThat(trace + " " + failure + " " + failure.details() + " " + failure.attempts()).doesNotContain("planted");
        }

        @Test
        void survivesJavaSerializationWithItsMessage() throws Exception {
            AuthenticationRequiredException copy = copy(new AuthenticationRequiredException("sign in",
                    TokenRequestContext.of("scope-1"), null, details));
            assertThat(copy).hasMessage("sign in");
            assertThat(copy.details()).isSameAs(ClientAuthenticationException.Details.NONE);
            assertThat(copy.scopes()).isEmpty();
            assertThat(copy.claims()).isNull();
        }

        private static <T> T copy(T value) throws IOException, ClassNotFoundException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(value);
            @SuppressWarnings("unchecked") // The type of what was written.
            T read = (T) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
            return read;
        }
    }

    @Test
    void theConvenienceMethodAsksForTheScopesAndClosingANewCredentialDoesNothing() {
        List<TokenRequestContext> asked = new ArrayList<>();
        TokenCredential credential = request -> {
            asked.add(request);
            return Mono.just(AccessToken.of("AT-1", END));
        };
        assertThat(credential.getToken("a", "b").block()).isEqualTo(AccessToken.of("AT-1", END));
        assertThat(asked).containsExactly(TokenRequestContext.of("b", "a"));
        assertThat(credential.close().block()).isNull();
    }
}
