package dev.monocred.examples.quickstart;

import static dev.monocred.testing.FakeAnswer.isDown;
import static dev.monocred.testing.FakeAnswer.issues;

import dev.monocred.ClientSecretCredential;
import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.spi.TokenEventListener;
import dev.monocred.testing.FakeEntra;
import dev.monocred.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The token service goes down just when a token should be replaced; nobody notices. An hour passes in a moment. */
final class Outage {

    private static final int UNAVAILABLE = 503;

    private final Report report;
    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T08:00:00Z"));
    private final Attempts attempts = new Attempts();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private int calls;

    private Outage(Report report) {
        this.report = report;
    }

    static void run(Report report, String scope) {
        new Outage(report).run(scope);
    }

    private void run(String scope) {
        report.title("5. The token service is down for a quarter of an hour, in time that is moved by hand");
        try (FakeEntra entra = FakeEntra.start(time)) {
            ClientSecretCredential credential = ClientSecretCredential.builder()
                    .tenantId(FakeEntra.TENANT_ID).clientId(FakeEntra.CLIENT_ID).clientSecret(FakeEntra.CLIENT_SECRET)
                    .authorityHost(entra.authorityHost()).httpClient(entra.httpClient())
                    .timeSource(time).scheduler(time.scheduler()).listener(attempts).build();
            entra.always(issues(Duration.ofHours(1), Duration.ofMinutes(40)));
            AccessToken first = credential.getToken(scope).blockOptional().orElseThrow();
            report.line(clock(), "a token, good until 09:00; the server wishes it replaced from 08:40 on");
            attempts.ended();

            pass(credential, scope, 38);
            entra.always(isDown(UNAVAILABLE));
            report.line(clock(), "the token service goes down");
            pass(credential, scope, 15);
            report.line(clock(), "it is back, after " + attempts.failed + " failed attempts to replace the token");
            entra.always(issues(Duration.ofHours(1), Duration.ofMinutes(40)));
            pass(credential, scope, 10);

            AccessToken last = credential.getToken(scope).blockOptional().orElseThrow();
            report.line(clock(), last.equals(first) ? "still the old token" : "a new token, good until "
                    + Report.at(last.expiresAt()).substring(11, 16));
            report.line("callers", calls + ", one every ten seconds: " + served + " served at once, " + errors + " errors");
            credential.close().block();
        }
    }

    private void pass(TokenCredential credential, String scope, int minutes) {
        TokenRequestContext request = TokenRequestContext.of(scope);
        for (int i = 0; i < minutes * 6; i++) {
            time.advance(Duration.ofSeconds(10));
            calls++;
            boolean[] here = new boolean[1];
            credential.getToken(request).subscribe(token -> here[0] = true, error -> errors.incrementAndGet());
            if (here[0]) {
                served.incrementAndGet(); // the token was there when subscribe returned: this caller did not wait
            }
            attempts.settle(time);
        }
    }

    private String clock() {
        return Report.at(time.now()).substring(11, 16);
    }

    /** Follows the attempts that run behind the callers' backs. */
    private static final class Attempts implements TokenEventListener {

        private final Semaphore ended = new Semaphore(0);
        private volatile boolean underWay;
        private final AtomicInteger failed = new AtomicInteger();

        @Override
        public void started(TokenRequestContext request, boolean background) {
            underWay = true;
        }

        @Override
        public void refreshed(TokenRequestContext request, Duration took, int waiters, Instant expiresAt) {
            end();
        }

        @Override
        public void failed(TokenRequestContext request, Duration took, int waiters, Throwable failure) {
            failed.incrementAndGet();
            end();
        }

        private void end() {
            underWay = false;
            ended.release();
        }

        void ended() {
            ended.drainPermits();
        }

        /** The requests are real even though the time is not: give them the real milliseconds that they need. */
        void settle(ManualTime time) {
            while (underWay) {
                try {
                    if (!ended.tryAcquire(20, TimeUnit.MILLISECONDS)) {
                        // Waiting for the pause before a retry: let it pass.
                        time.advance(Duration.ofSeconds(1));
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
            ended.drainPermits();
        }
    }
}
