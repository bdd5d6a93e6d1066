package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;

import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A credential of the Entra token endpoint before a fake of it, both in manual time. */
final class EntraSubject<B extends EntraCredentialBuilder<B>> implements Subject {

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final B builder;
    private final TokenCredential credential;
    private final List<String> secrets;

    /**
     * Makes one.
     *
     * @param builder a new builder
     * @param own sets what only this credential has
     * @param build builds it
     * @param secrets what must not be printed
     */
    @SuppressWarnings("NullAway") // on JDK 17 it does not see in a class file that the environment may give null
    EntraSubject(B builder, BiFunction<FakeEntra, B, B> own, Function<B, ? extends TokenCredential> build, String... secrets) {
        this.builder = own.apply(entra, builder.tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID)
                .authorityHost(entra.authorityHost()).httpClient(entra.httpClient()).environment(name -> null)
                .timeSource(time).scheduler(time.scheduler()));
        this.credential = build.apply(this.builder);
        this.secrets = List.of(secrets);
    }

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
        return secrets;
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
