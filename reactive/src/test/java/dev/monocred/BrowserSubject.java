package dev.monocred;

import static dev.monocred.testing.FakeAnswer.refuses;

import dev.monocred.core.TokenCredential;
import dev.monocred.testing.FakeBrowser;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import dev.monocred.testing.TokenCredentialContract.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A browser credential once somebody has signed in: from there on it is like any other. What the window itself promises
 * (it goes away with the last who waits) is in {@code InteractiveBrowserCredentialTest}.
 */
// NullAway: javac 17 does not read from class files that an environment may give null.
@SuppressWarnings("NullAway")
final class BrowserSubject implements Subject {

    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final FakeEntra entra = FakeEntra.start(time);
    private final FakeBrowser browser = FakeBrowser.of(entra);
    private final InteractiveBrowserCredential.Builder builder = InteractiveBrowserCredential.builder()
            .clientId(FakeEntra.CLIENT_ID).authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
            .environment(name -> null).timeSource(time).scheduler(time.scheduler()).openBrowser(browser);
    private final InteractiveBrowserCredential credential = builder.build();
    private final int before;

    BrowserSubject() {
        credential.authenticate(dev.monocred.core.TokenRequestContext.of("https://sign-in.example/.default"))
                .block(Duration.ofSeconds(20));
        before = entra.tokenRequests();
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
        return entra.tokenRequests() - before;
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
        entra.next(refuses("unauthorized_client", 700016, "Application not found."));
    }

    @Override
    public List<String> secrets() {
        return entra.requests().stream().flatMap(request -> java.util.stream.Stream.of("code", "code_verifier", "refresh_token")
                .map(name -> request.form().getOrDefault(name, ""))).filter(text -> !text.isEmpty()).toList();
    }

    @Override
    public List<Object> printables() {
        return List.of(builder, browser);
    }

    @Override
    public void close() {
        credential.close().block();
        entra.close();
    }
}
