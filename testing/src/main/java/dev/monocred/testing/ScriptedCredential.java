package dev.monocred.testing;

import static java.util.Objects.requireNonNull;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TimeSource;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A credential that does what a test tells it: for unit tests of code that takes a {@link TokenCredential}. Each
 * subscription is one request and takes one step of the script; the last step repeats. It neither caches nor shares
 * requests, so what it counts is what the code under test asked for.
 *
 * <pre>{@code
 * ScriptedCredential credential = ScriptedCredential.issues("first")
 *         .thenFails(new CredentialUnavailableException("no network here"))
 *         .thenIssues("second").delays(Duration.ofSeconds(3));
 * }</pre>
 *
 * <p>Like every credential it does nothing before subscription, refuses a request without scopes, and fails with
 * {@link IllegalStateException} once it is closed. Tokens are emitted on the subscribing thread, delayed ones on the
 * scheduler's. Safe for use by several threads; the script can grow while it runs.
 */
public final class ScriptedCredential implements TokenCredential {

    private static final Duration USUAL_LIFETIME = Duration.ofHours(1);

    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final AtomicInteger position = new AtomicInteger();
    private final List<TokenRequestContext> requests = new CopyOnWriteArrayList<>();
    private final Sinks.Empty<AccessToken> closed = Sinks.empty();
    private volatile boolean isClosed;
    private volatile TimeSource time = SystemTime.INSTANCE;
    private volatile Scheduler scheduler = Schedulers.parallel();

    /** One step: what is answered, evaluated anew for each request, and how late. */
    private record Step(Mono<AccessToken> answer, Duration delay) {
    }

    private ScriptedCredential() {
    }

    /**
     * Starts with a token that lives one hour from each time it is asked for.
     *
     * @param token the token's text
     * @return the credential
     */
    public static ScriptedCredential issues(String token) {
        return new ScriptedCredential().thenIssues(token);
    }

    /**
     * Starts with a token.
     *
     * @param token the token
     * @return the credential
     */
    public static ScriptedCredential issues(AccessToken token) {
        return new ScriptedCredential().thenIssues(token);
    }

    /**
     * Starts with a failure.
     *
     * @param failure what every request fails with
     * @return the credential
     */
    public static ScriptedCredential fails(RuntimeException failure) {
        return new ScriptedCredential().thenFails(failure);
    }

    /**
     * Starts with a request that is never answered.
     *
     * @return the credential
     */
    public static ScriptedCredential neverAnswers() {
        return new ScriptedCredential().thenNeverAnswers();
    }

    /**
     * Adds a step: a token that lives one hour from each time it is asked for.
     *
     * @param token the token's text
     * @return this credential
     */
    public ScriptedCredential thenIssues(String token) {
        requireNonNull(token, "token");
        return then(Mono.fromSupplier(() -> AccessToken.of(token, now().plus(USUAL_LIFETIME))));
    }

    /**
     * Adds a step: a token.
     *
     * @param token the token
     * @return this credential
     */
    public ScriptedCredential thenIssues(AccessToken token) {
        return then(Mono.just(token));
    }

    /**
     * Adds a step: a failure.
     *
     * @param failure what requests fail with, for example a {@code CredentialUnavailableException}
     * @return this credential
     */
    public ScriptedCredential thenFails(RuntimeException failure) {
        return then(Mono.error(failure));
    }

    /**
     * Adds a step: a request that is not answered before {@link #close()}.
     *
     * @return this credential
     */
    public ScriptedCredential thenNeverAnswers() {
        return then(Mono.never());
    }

    private ScriptedCredential then(Mono<AccessToken> answer) {
        steps.add(new Step(answer, Duration.ZERO));
        return this;
    }

    /**
     * Makes the step added last take time.
     *
     * @param delay how long a request waits for its answer
     * @return this credential
     */
    public ScriptedCredential delays(Duration delay) {
        int last = steps.size() - 1;
        steps.set(last, new Step(steps.get(last).answer, requireNonNull(delay, "delay")));
        return this;
    }

    /**
     * Lets tokens begin, and delays pass, by a time that is moved by hand.
     *
     * @param time the time
     * @return this credential
     */
    public ScriptedCredential on(ManualTime time) {
        this.time = time;
        this.scheduler = time.scheduler();
        return this;
    }

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        requireNonNull(request, "request");
        return Mono.defer(() -> answer(request));
    }

    private Mono<AccessToken> answer(TokenRequestContext request) {
        if (isClosed) {
            return Mono.error(closedError());
        }
        if (request.scopes().isEmpty() || request.scopes().stream().anyMatch(String::isBlank)) {
            return Mono.error(new IllegalArgumentException("a token request needs scopes that are not blank: " + request.scopes()));
        }
        requests.add(request);
        Step step = nextStep();
        Mono<AccessToken> answer = step.delay.isZero() ? step.answer
                : Mono.delay(step.delay, scheduler).then(step.answer);
        return Mono.firstWithSignal(answer, closed.asMono().onErrorMap(shared -> closedError()));
    }

    /** Goes on by one step, but never past the end: steps added later come next. */
    private Step nextStep() {
        int size = steps.size();
        return steps.get(Math.min(position.getAndUpdate(at -> Math.min(at + 1, size)), size - 1));
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.wallMillis());
    }

    private static IllegalStateException closedError() {
        return new IllegalStateException("credential is closed");
    }

    @Override
    public Mono<Void> close() {
        return Mono.fromRunnable(() -> {
            isClosed = true;
            Sinks.EmitResult ignored = closed.tryEmitError(closedError()); // a second time changes nothing
        });
    }

    /**
     * Every request so far: one for each subscription that was not refused for its scopes or because this is closed.
     *
     * @return the requests in order; a snapshot
     */
    public List<TokenRequestContext> requests() {
        return List.copyOf(requests);
    }

    /**
     * How many requests there were.
     *
     * @return the size of {@link #requests()}
     */
    public int tokenRequests() {
        return requests.size();
    }

    /**
     * Whether somebody closed this credential.
     *
     * @return {@code true} after {@link #close()} was subscribed to
     */
    public boolean isClosed() {
        return isClosed;
    }

    @Override
    public String toString() {
        return "ScriptedCredential[steps=" + steps.size() + ", tokenRequests=" + tokenRequests() + "]";
    }
}
