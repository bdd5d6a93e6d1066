package dev.monocred;

import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Whose refresh token lies in a plain file, with no keyring in reach. */
class SharedTokenCacheCredentialContractTest implements UserCredentialContract {

    @TempDir
    private Path home;

    @Override
    @SuppressWarnings({"NullAway", "deprecation"}) // on JDK 17 it does not see in a class file that the environment may give null
    public Subject newSubject() {
        List<String> secrets = new ArrayList<>();
        Map<String, String> variables = Map.of("HOME", home.toString(), "PATH", home.resolve("nothing").toString());
        Subject subject = new EntraSubject<>(SharedTokenCacheCredential.builder(), (entra, builder) -> {
            secrets.add(SignedInElsewhere.refreshToken(entra, FakeEntra.CLIENT_ID));
            new SignedInElsewhere(entra).account(SignedInElsewhere.HOME, FakeEntra.TENANT_ID, "user@example.com")
                    .refreshToken(SignedInElsewhere.HOME, FakeEntra.CLIENT_ID, "", secrets.get(0)).in(home, "msal.cache.nocae");
            return builder.environment(variables::get);
        }, SharedTokenCacheCredential.Builder::build);
        return new AfterSigningInElsewhere(subject, secrets);
    }

    /** The request of the other program does not count. */
    private record AfterSigningInElsewhere(Subject subject, List<String> secrets) implements Subject {

        @Override
        public TokenCredential credential() {
            return subject.credential();
        }

        @Override
        public ManualTime time() {
            return subject.time();
        }

        @Override
        public int upstreamRequests() {
            return subject.upstreamRequests() - 1;
        }

        @Override
        public void holdAnswers() {
            subject.holdAnswers();
        }

        @Override
        public void releaseAnswers() {
            subject.releaseAnswers();
        }

        @Override
        public void refuseNext() {
            subject.refuseNext();
        }

        @Override
        public List<Object> printables() {
            return subject.printables();
        }

        @Override
        public void close() {
            subject.close();
        }
    }
}
