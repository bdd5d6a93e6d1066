package dev.monocred.testing;

import dev.monocred.core.AccessToken;
import dev.monocred.core.ClientAuthenticationException;
import dev.monocred.core.TokenCredential;
import dev.monocred.core.TokenRequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The smallest credential that keeps the contract, over a service in memory, with flaws to switch on: what shows that the
 * contract can be kept and that each of its tests can fail. One lock, for brevity; never called with user code inside.
 */
final class ReferenceSubject implements TokenCredentialContract.Subject {

    /** One way to break the contract. */
    enum Flaw {
        SENDS_WHEN_ASSEMBLED, EMITS_NOTHING, NEVER_EMITS, FAILS_WITH_ANOTHER_TYPE, SHARES_NOTHING, SERVES_ONE_SCOPE_AT_A_TIME,
        STOPS_WITH_THE_FIRST_WAITER, FORGETS_WHAT_NOBODY_WAITS_FOR, THROWS_WHEN_ASSEMBLED, TAKES_ANY_SCOPE, SHOWS_ITS_SECRET,
        SHOWS_ITS_SECRET_IN_ERRORS, SHARES_ONE_EXCEPTION, KEEPS_FAILURES, HOPS_THREADS, CACHES_NOTHING, SERVES_EXPIRED_TOKENS,
        STORES_ITS_FIRST_ANSWER, BLOCKS_THE_SUBSCRIBER, CLOSES_WHEN_ASSEMBLED, CLOSES_ONCE_ONLY, WORKS_WHEN_CLOSED,
        HANGS_WAITERS_AT_CLOSE
    }

    private static final String SECRET = "planted-secret";

    private final Set<Flaw> flaws;
    private final ManualTime time = ManualTime.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
    private final Service service = new Service();
    private final Credential credential = new Credential();

    ReferenceSubject(Set<Flaw> flaws) {
        this.flaws = flaws.isEmpty() ? EnumSet.noneOf(Flaw.class) : EnumSet.copyOf(flaws);
    }

    private boolean has(Flaw flaw) {
        return flaws.contains(flaw);
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
        return service.requests.get();
    }

    @Override
    public void holdAnswers() {
        service.gate = Sinks.empty();
    }

    @Override
    public void releaseAnswers() {
        service.gate.tryEmitEmpty();
    }

    @Override
    public void refuseNext() {
        service.refuses.incrementAndGet();
    }

    @Override
    public List<String> secrets() {
        return List.of(SECRET);
    }

    @Override
    public Duration patience() {
        return flaws.isEmpty() ? Duration.ofSeconds(20) : Duration.ofMillis(300);
    }

    @Override
    public void close() {
        releaseAnswers();
    }

    /** Where tokens come from. */
    private final class Service {

        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger refuses = new AtomicInteger();
        private volatile Sinks.Empty<Void> gate = Sinks.empty();

        Service() {
            gate.tryEmitEmpty();
        }

        Mono<AccessToken> post() {
            int number = requests.incrementAndGet();
            boolean isRefused = refuses.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            return gate.asMono().then(Mono.fromSupplier(() -> {
                if (isRefused) {
                    String message = has(Flaw.SHOWS_ITS_SECRET_IN_ERRORS) ? "refused " + SECRET : "refused";
                    throw has(Flaw.FAILS_WITH_ANOTHER_TYPE) ? new IllegalArgumentException(message)
                            : new ClientAuthenticationException(message);
                }
                return AccessToken.of("token-" + number, time.now().plus(Duration.ofHours(1)));
            }));
        }
    }

    /** The credential. */
    private final class Credential implements TokenCredential {

        private final Object lock = new Object();
        private final Map<TokenRequestContext, AccessToken> known = new HashMap<>();
        private final Map<TokenRequestContext, Mono<AccessToken>> flights = new HashMap<>();
        private final Map<TokenRequestContext, Throwable> failures = new HashMap<>();
        private final List<Sinks.One<AccessToken>> waiting = new ArrayList<>();
        private boolean isClosed;

        @Override
        public Mono<AccessToken> getToken(TokenRequestContext request) {
            if (has(Flaw.THROWS_WHEN_ASSEMBLED)) {
                check(request);
            }
            if (has(Flaw.SENDS_WHEN_ASSEMBLED)) {
                Mono<AccessToken> sent = answer(request);
                return Mono.defer(() -> isClosed() ? Mono.error(closed()) : sent);
            }
            Mono<AccessToken> lazy = Mono.defer(() -> answer(request));
            if (has(Flaw.STORES_ITS_FIRST_ANSWER)) {
                lazy = lazy.cache();
            }
            if (has(Flaw.HOPS_THREADS)) {
                lazy = lazy.publishOn(Schedulers.boundedElastic());
            }
            if (has(Flaw.BLOCKS_THE_SUBSCRIBER)) {
                Mono<AccessToken> blocking = lazy;
                lazy = Mono.fromCallable(() -> blocking.toFuture().get());
            }
            return has(Flaw.EMITS_NOTHING) ? lazy.then(Mono.empty()) : has(Flaw.NEVER_EMITS) ? Mono.never() : lazy;
        }

        private Mono<AccessToken> answer(TokenRequestContext request) {
            Sinks.One<AccessToken> waiter = Sinks.one();
            Mono<AccessToken> flight;
            synchronized (lock) {
                if (isClosed && !has(Flaw.WORKS_WHEN_CLOSED)) {
                    return Mono.error(closed());
                }
                check(request);
                AccessToken token = known.get(request);
                if (token != null && !has(Flaw.CACHES_NOTHING)
                        && (token.expiresAt().isAfter(time.now()) || has(Flaw.SERVES_EXPIRED_TOKENS))) {
                    return Mono.just(token);
                }
                Throwable failure = failures.get(request);
                if (failure != null && has(Flaw.KEEPS_FAILURES)) {
                    return Mono.error(failure);
                }
                flight = has(Flaw.SHARES_NOTHING) ? service.post() : flights.get(request);
                if (flight == null) {
                    flight = start(request);
                }
                waiting.add(waiter);
            }
            flight.subscribe(waiter::tryEmitValue, waiter::tryEmitError);
            return waiter.asMono().onErrorMap(this::own).doOnCancel(() -> cancelled(request));
        }

        private Mono<AccessToken> start(TokenRequestContext request) {
            Mono<AccessToken> sent = service.post();
            if (has(Flaw.SERVES_ONE_SCOPE_AT_A_TIME) && !flights.isEmpty()) {
                Mono<AccessToken> before = flights.values().iterator().next();
                service.requests.decrementAndGet();
                sent = before.then(Mono.defer(service::post));
            }
            Sinks.One<AccessToken> landing = Sinks.one();
            Mono<AccessToken> flight = landing.asMono();
            flights.put(request, flight);
            Mono<AccessToken> landed = sent.doOnNext(token -> land(request, token, null))
                    .doOnError(error -> land(request, null, error));
            landed.subscribe(landing::tryEmitValue, landing::tryEmitError);
            return flight;
        }

        private void land(TokenRequestContext request, @Nullable AccessToken token, @Nullable Throwable failure) {
            synchronized (lock) {
                boolean isWanted = flights.remove(request) != null || !has(Flaw.FORGETS_WHAT_NOBODY_WAITS_FOR);
                if (token != null && isWanted) {
                    known.put(request, token);
                } else if (failure != null) {
                    failures.put(request, failure);
                }
            }
        }

        /** A waiter left: nothing happens, unless that is the flaw. */
        private void cancelled(TokenRequestContext request) {
            synchronized (lock) {
                if (has(Flaw.FORGETS_WHAT_NOBODY_WAITS_FOR)) {
                    flights.remove(request);
                }
                if (has(Flaw.STOPS_WITH_THE_FIRST_WAITER)) {
                    waiting.forEach(waiter -> waiter.tryEmitError(new IllegalStateException("cancelled")));
                }
            }
        }

        private Throwable own(Throwable shared) {
            return shared instanceof ClientAuthenticationException refused && !has(Flaw.SHARES_ONE_EXCEPTION)
                    ? new ClientAuthenticationException(String.valueOf(refused.getMessage()), null, refused.details()) : shared;
        }

        private void check(TokenRequestContext request) {
            if (!has(Flaw.TAKES_ANY_SCOPE)
                    && (request.scopes().isEmpty() || request.scopes().stream().anyMatch(String::isBlank))) {
                throw new IllegalArgumentException("scopes");
            }
        }

        private boolean isClosed() {
            synchronized (lock) {
                return isClosed;
            }
        }

        private IllegalStateException closed() {
            return new IllegalStateException("closed");
        }

        @Override
        public Mono<Void> close() {
            if (has(Flaw.CLOSES_WHEN_ASSEMBLED)) {
                shut();
            }
            return Mono.fromRunnable(this::shut);
        }

        private void shut() {
            List<Sinks.One<AccessToken>> left;
            synchronized (lock) {
                if (isClosed && has(Flaw.CLOSES_ONCE_ONLY)) {
                    throw new IllegalStateException("closed already");
                }
                isClosed = true;
                left = has(Flaw.HANGS_WAITERS_AT_CLOSE) ? List.of() : List.copyOf(waiting);
                waiting.clear();
            }
            left.forEach(waiter -> waiter.tryEmitError(closed()));
        }

        @Override
        public String toString() {
            return has(Flaw.SHOWS_ITS_SECRET) ? "Credential[" + SECRET + "]" : "Credential";
        }
    }
}
