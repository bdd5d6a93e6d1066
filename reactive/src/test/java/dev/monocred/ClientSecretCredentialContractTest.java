package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;

import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract;
import java.time.Instant;
import java.util.List;

class ClientSecretCredentialContractTest implements TokenCredentialContract {

    @Override
    public Subject newSubject() {
        return new EntraSubject();
    }

    private static final class EntraSubject implements Subject {

        private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
        private final FakeEntra entra = FakeEntra.start(time);
        private final ClientSecretCredential.Builder builder = ClientSecretCredential.builder()
                .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                .timeSource(time).scheduler(time.scheduler());
        private final TokenCredential credential = builder.build();

        @Override
        public TokenCredential credential() {
            return credential;
        }

        @Override
        public ManualTime time() {
            return time;
        }

        @Override
        public int upstreamRequests() {
            return entra.tokenRequests();
        }

        @Override
        public void holdAnswers() {
            entra.holds();
        }

        @Override
        public void releaseAnswers() {
            entra.releases();
        }

        @Override
        public void refuseNext() {
            entra.next(refuses("invalid_client", 7000215, "Invalid client secret."));
        }

        @Override
        public List<String> secrets() {
            return List.of(FakeEntra.CLIENT_SECRET);
        }

        @Override
        public List<Object> printables() {
            return List.of(builder);
        }

        @Override
        public void close() {
            credential.close().block();
            entra.close();
        }
    }
}
