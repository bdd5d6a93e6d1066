package dev.monocred.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.monocred.testing.ReferenceSubject.Flaw;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCredentialContractTest {

    @Nested
    class ACredentialThatKeepsIt implements TokenCredentialContract {

        @Override
        public Subject newSubject() {
            return new ReferenceSubject(Set.of());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SENDS_WHEN_ASSEMBLED,          assemblingSendsNothing",
        "EMITS_NOTHING,                 emitsExactlyOneToken",
        "NEVER_EMITS,                   emitsExactlyOneToken",
        "FAILS_WITH_ANOTHER_TYPE,       failsWithAClientAuthenticationException",
        "SHARES_NOTHING,                aThousandConcurrentEqualRequestsAreOne",
        "SERVES_ONE_SCOPE_AT_A_TIME,    differentScopesDoNotWaitForEachOther",
        "STOPS_WITH_THE_FIRST_WAITER,   aWaiterThatCancelsDisturbsNobody",
        "FORGETS_WHAT_NOBODY_WAITS_FOR, aRequestThatEverybodyLeftIsStillCached",
        "THROWS_WHEN_ASSEMBLED,         scopesThatAreMissingOrBlankAreRefused",
        "TAKES_ANY_SCOPE,               scopesThatAreMissingOrBlankAreRefused",
        "SHOWS_ITS_SECRET,              nothingSecretIsPrinted",
        "SHOWS_ITS_SECRET_IN_ERRORS,    nothingSecretIsPrinted",
        "SHARES_ONE_EXCEPTION,          everyWaiterGetsItsOwnException",
        "KEEPS_FAILURES,                aFailureIsNotCachedForEver",
        "HOPS_THREADS,                  aKnownTokenIsEmittedOnTheSubscribingThread",
        "CACHES_NOTHING,                aKnownTokenIsEmittedOnTheSubscribingThread",
        "SERVES_EXPIRED_TOKENS,         aStoredMonoYieldsAFreshTokenAfterExpiry",
        "STORES_ITS_FIRST_ANSWER,       aStoredMonoYieldsAFreshTokenAfterExpiry",
        "BLOCKS_THE_SUBSCRIBER,         subscribingOnAParallelThreadDoesNotBlockIt",
        "CLOSES_WHEN_ASSEMBLED,         closeIsLazyAndIdempotent",
        "CLOSES_ONCE_ONLY,              closeIsLazyAndIdempotent",
        "WORKS_WHEN_CLOSED,             getTokenAfterCloseFailsThroughTheMono",
        "HANGS_WAITERS_AT_CLOSE,        waitersAtCloseGetAnError",
    })
    void everyFlawIsFoundByTheTestThatNamesIt(Flaw flaw, String test) throws Exception {
        TokenCredentialContract contract = () -> new ReferenceSubject(Set.of(flaw));
        Method method = TokenCredentialContract.class.getMethod(test);

        InvocationTargetException failed = assertThrows(InvocationTargetException.class, () -> method.invoke(contract));

        assertThat(failed.getCause()).isInstanceOf(AssertionError.class);
    }

    @Test
    void everyTestOfTheContractHasAFlawThatItFinds() throws Exception {
        List<String> named = Arrays.stream(TokenCredentialContractTest.class
                .getDeclaredMethod("everyFlawIsFoundByTheTestThatNamesIt", Flaw.class, String.class)
                .getAnnotation(CsvSource.class).value()).map(row -> row.substring(row.indexOf(',') + 1).trim()).toList();
        Stream<String> tests = Arrays.stream(TokenCredentialContract.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class)).map(Method::getName);

        assertThat(tests).isNotEmpty().allSatisfy(test -> assertThat(named).contains(test));
    }
}
