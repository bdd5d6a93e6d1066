package dev.monocred.internal.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monocred.core.oauth.Authority;
import dev.monocred.internal.entra.EntraTokenSource.Application;
import dev.monocred.internal.signin.UserAssertions.User;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UserAssertionsTest {

    @SuppressWarnings("NullAway") // nobody asks for a token here
    private final UserAssertions users = new UserAssertions(new Application("SomeCredential", "tenant", "client"),
            Authority.parse("https://login.microsoftonline.com"), null, () -> Instant.EPOCH);

    /** The vector of entra.md 3.4. */
    @Test
    void aUserIsNamedByTheHashOfTheAssertion() {
        User user = users.user("user-assertion-1");
        assertThat(user.id()).isEqualTo("f00e32214ab3fb0014944fb6ca7da70c493667ecc6fb03d5e806f1bd80c3a115");
        assertThat(user).hasToString("User[" + user.id() + "]");
    }

    @Test
    void equalAssertionsAreOneUserAlsoWhenManyComeAtOnce() {
        Set<User> seen = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 10_000).parallel().forEach(n -> seen.add(users.user("assertion " + n % 10)));
        assertThat(seen).hasSize(10);
    }

    /** Issue 4: one million distinct users do not grow the heap. */
    @Test
    void usersThatNobodyNeedsAreForgotten() {
        User needed = users.user("needed");
        for (int n = 0; n < 1_000_000; n++) {
            users.user("assertion " + n);
        }
        assertThat(remembered(1_000)).isLessThan(1_000);
        assertThat(users.user("needed")).isSameAs(needed);
    }

    /** How many are left when the collector has been, at the latest after some seconds. */
    private int remembered(int few) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        int size = users.size();
        while (size >= few && System.nanoTime() < end) {
            System.gc();
            size = users.size();
        }
        return size;
    }
}
