package dev.monocred.core.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.monocred.core.AuthenticationRequiredException;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.ClientAuthenticationException.Details;
import dev.monocred.core.CredentialAttempt;
import dev.monocred.core.CredentialUnavailableException;
import dev.monocred.core.EntraError;
import dev.monocred.core.TokenRequestContext;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a failure means, and that everybody gets an exception of their own (F-8). */
class FailureTest {

    private static final Instant LATER = Instant.parse("2030-01-01T00:01:00Z");
    private static final TokenRequestContext REQUEST = TokenRequestContext.of("https://api.invalid/.default").withClaims("{}");

    static Stream<Arguments> meanings() {
        Details status = Details.NONE.withEntraError(EntraError.builder(429).build());
        return Stream.of(
                arguments(new ClientAuthenticationException("refused"), FailureKind.TERMINAL),
                arguments(refused(Details.NONE.withTransient(true)), FailureKind.TRANSIENT),
                arguments(refused(Details.NONE.withRetryAt(LATER)), FailureKind.THROTTLED),
                arguments(refused(Details.NONE.withTransient(true).withRetryAt(LATER)), FailureKind.THROTTLED),
                arguments(refused(status), FailureKind.THROTTLED),
                arguments(refused(status.withTransient(true)), FailureKind.THROTTLED),
                arguments(refused(Details.NONE.withEntraError(EntraError.builder(400).build())), FailureKind.TERMINAL),
                arguments(new CredentialUnavailableException("not here"), FailureKind.UNAVAILABLE),
                arguments(new CredentialUnavailableException("not yet", null, Details.NONE.withRetryAt(LATER)), FailureKind.UNAVAILABLE),
                arguments(new AuthenticationRequiredException("sign in", REQUEST, null, Details.NONE), FailureKind.UNAVAILABLE),
                arguments(new IllegalStateException("depends on itself"), FailureKind.TERMINAL),
                arguments(new IllegalArgumentException("no scope"), FailureKind.TERMINAL),
                arguments(new IOException("reset"), FailureKind.TRANSIENT),
                arguments(new NullPointerException(), FailureKind.TRANSIENT),
                arguments(new StackOverflowError(), FailureKind.TRANSIENT));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @MethodSource("meanings")
    void theTypeAndItsFieldsDecideTheMeaning(Throwable error, FailureKind kind) {
        assertThat(failure(error).kind()).isEqualTo(kind);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("meanings")
    void everybodyGetsAnExceptionOfTheirOwn(Throwable error, FailureKind kind) {
        Failure failure = failure(error);
        RuntimeException first = failure.toException();
        RuntimeException second = failure.toException();
        RuntimeException gated = failure.toException(LATER);
        assertThat(first).isNotSameAs(second).isNotSameAs(error).isNotSameAs(gated);
        // What block() and checkpoints do to an exception.
        first.addSuppressed(new Exception("mine"));
        assertThat(second.getSuppressed()).isEmpty();
        assertThat(failure.toException().getSuppressed()).isEmpty();
        assertThat(failure.kind()).isEqualTo(kind);
    }

    @Test
    void theKindTheSentenceTheCauseAndTheDetailsArePreserved() {
        IOException cause = new IOException("reset");
        Details details = Details.NONE.withTransient(true).withEntraError(EntraError.builder(503).error("server_error").build())
                .withAttempts(List.of(CredentialAttempt.of("SomeCredential", new CredentialUnavailableException("absent"))));
        assertThat(failure(new ClientAuthenticationException("refused", cause, details)).toException())
                .isExactlyInstanceOf(ClientAuthenticationException.class).hasMessage("refused").hasCause(cause)
                .extracting(e -> ((ClientAuthenticationException) e).details()).isSameAs(details);
        assertThat(failure(new CredentialUnavailableException("not here", cause, details)).toException())
                .isExactlyInstanceOf(CredentialUnavailableException.class).hasMessage("not here").hasCause(cause)
                .extracting(e -> ((ClientAuthenticationException) e).details()).isSameAs(details);
        assertThat(failure(new AuthenticationRequiredException("sign in", REQUEST, cause, details)).toException())
                .isInstanceOfSatisfying(AuthenticationRequiredException.class, e -> {
                    assertThat(e).hasMessage("sign in").hasCause(cause);
                    assertThat(e.request()).isSameAs(REQUEST);
                    assertThat(e.details()).isSameAs(details);
                });
        assertThat(failure(new IllegalStateException("closed", cause)).toException())
                .isExactlyInstanceOf(IllegalStateException.class).hasMessage("closed").hasCause(cause);
        assertThat(failure(new IllegalArgumentException("no scope", cause)).toException())
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessage("no scope").hasCause(cause);
    }

    @Test
    void whoComesWhileNoAttemptIsMadeIsToldUntilWhen() {
        Failure failure = failure(refused(Details.NONE.withTransient(true)));
        assertThat(failure.toException(LATER)).hasMessage("refused No new attempt is made before 2030-01-01T00:01:00Z.")
                .isInstanceOfSatisfying(ClientAuthenticationException.class, e -> {
                    assertThat(e.retryAt()).isEqualTo(LATER);
                    assertThat(e.isTransient()).isTrue();
                });
        assertThat(((ClientAuthenticationException) failure.toException()).retryAt()).as("who waited").isNull();
        assertThat(failure.retryAt()).as("the server's own wish").isNull();
    }

    @Test
    void anUnexpectedErrorIsWrappedInASentenceThatNamesTheCredential() {
        IOException error = new IOException("text that may quote anything: a-planted-secret");
        assertThat(failure(error).toException()).isInstanceOfSatisfying(ClientAuthenticationException.class, e -> {
            assertThat(e).hasMessageStartingWith("SomeCredential ").hasMessageContaining("java.io.IOException")
                    .hasMessageNotContaining("a-planted-secret").hasCause(error);
            assertThat(e.isTransient()).isTrue();
        });
        assertThat(failure(error).toString()).doesNotContain("a-planted-secret");
    }

    @Test
    void whatWasSuppressedIsKeptForEverybody() {
        ClientAuthenticationException chain = refused(Details.NONE);
        chain.addSuppressed(new CredentialUnavailableException("first of the chain"));
        Failure failure = failure(chain);
        assertThat(failure.toException()).hasSuppressedException(chain.getSuppressed()[0]);
        assertThat(failure.toException(LATER)).hasSuppressedException(chain.getSuppressed()[0]);
    }

    @Test
    void tenThousandExceptionsOfOneFailureCarryNoStackTraces() {
        assertThat(failure(refused(Details.NONE)).toException().getStackTrace()).isEmpty();
        assertThat(failure(new IOException()).toException().getStackTrace()).isEmpty();
    }

    @Test
    void aFailureWithoutASentenceIsCalledByItsType() {
        assertThat(failure(new IllegalStateException()).toException()).hasMessage("java.lang.IllegalStateException");
    }

    private static Failure failure(Throwable error) {
        return Failure.of("SomeCredential", error);
    }

    private static ClientAuthenticationException refused(Details details) {
        return new ClientAuthenticationException("refused", null, details);
    }
}
