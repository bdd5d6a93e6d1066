package dev.monocred.internal.refresh;

import dev.monocred.core.AccessToken;
import dev.monocred.core.TokenRequestContext;
import dev.monocred.core.refresh.Failure;
import dev.monocred.internal.source.TokenSource;
import dev.monocred.internal.source.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Turns any number of concurrent requests for the same token into one, and replaces tokens before they end. It keeps one
 * {@link Entry} for each request; an entry has one immutable snapshot and at most one {@link Flight}. A held token is
 * emitted on the subscriber's thread without a write to shared memory. Nothing runs by itself: no timer, no traffic for
 * requests that nobody makes.
 *
 * <p>A flight belongs to nobody: cancelling detaches a subscriber and no more. While a token is usable nobody waits for its
 * replacement and nobody sees that fail.
 */
public final class TokenRefresher implements TokenSource {

    /** Enough to refresh a busy credential's tokens, few enough not to starve those who wait (F-20). */
    private static final int MAX_BACKGROUND = 64;
    /** Equal claims challenges within this time are one herd (F-16). */
    private static final long CLAIMS_REUSE = Duration.ofSeconds(5).toNanos();
    private static final long FAR = 1L << 50;
    /** Over how long starts are spread when a clock was corrected and everything fell due at once (T-4). */
    private static final long SPREAD = Duration.ofSeconds(2).toNanos();

    private final TokenSource source;
    private final UnaryOperator<TokenRequestContext> admission;
    private final RefresherOptions options;
    private final @Nullable Validity validity;
    private final AdjustedClock clock;
    private final Events events;

    private final ConcurrentHashMap<Object, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ClaimsKey, Flight> claimsFlights = new ConcurrentHashMap<>(1);
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet(1);
    private final AtomicInteger backgroundFlights = new AtomicInteger();
    private final AtomicBoolean evicting = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long evictAbove;
    private volatile long idleSince;

    private record ClaimsKey(Entry entry, String claims) {}

    /**
     * Puts a refresher before a source.
     *
     * @param source where tokens come from
     * @param admission refuses a malformed or forbidden request by throwing, and resolves its tenant; pure, and asked only
     *     when no held token answers the request as it is
     * @param options the rest
     */
    public TokenRefresher(TokenSource source, UnaryOperator<TokenRequestContext> admission, RefresherOptions options) {
        this(source, admission, options, null);
    }

    /**
     * Puts a refresher before a source whose account can change behind our back.
     *
     * @param source where tokens come from
     * @param admission refuses a malformed or forbidden request by throwing, and resolves its tenant; pure
     * @param options the rest
     * @param validity is asked before anything is served; {@code null} if what is held is always ours
     */
    public TokenRefresher(TokenSource source, UnaryOperator<TokenRequestContext> admission, RefresherOptions options,
            @Nullable Validity validity) {
        this.source = source;
        this.admission = admission;
        this.options = options;
        this.validity = validity;
        this.events = new Events(options.listener());
        this.evictAbove = options.maxEntries();
        this.clock = new AdjustedClock(options.time(), events::clockAdjusted);
        this.idleSince = clock.now();
    }

    @Override
    public Mono<AccessToken> acquire(TokenRequestContext request) {
        return TokenMono.of(this, null, request);
    }

    /**
     * As {@link #acquire(TokenRequestContext)}, for an owner: its tokens are kept apart and come from its own source.
     *
     * @param owner whose tokens
     * @param request what is asked for
     */
    public Mono<AccessToken> acquire(TokenOwner owner, TokenRequestContext request) {
        return TokenMono.of(this, owner, request);
    }

    /**
     * Ends every flight and refuses every later request with {@link IllegalStateException}. Acts on subscription; idempotent.
     *
     * @return completes when the flights have ended
     */
    public Mono<Void> close() {
        return Mono.fromRunnable(() -> {
            if (closed.compareAndSet(false, true)) {
                entries.clear();
                closeFlights();
            }
        });
    }

    private void closeFlights() {
        Throwable thrown = null;
        for (Flight flight : flights) {
            try {
                flight.close();
            } catch (Throwable t) {
                thrown = t;
            }
        }
        if (thrown != null) {
            Exceptions.throwIfJvmFatal(thrown);
        }
    }

    /** Drops every held token, because it may be somebody else's now; flights under way land without effect. */
    public void forget() {
        entries.values().forEach(Entry::forget);
        claimsFlights.clear();
    }

    /** Opens every gate but those that a server asked for: a person signed in, and what failed for want of that may succeed. */
    public void reopen() {
        entries.values().forEach(Entry::reopen);
    }

    /**
     * Takes in a token that came without a flight: a person signed in for it.
     *
     * @param request what it was asked for
     * @param token what came
     * @throws RuntimeException if the request is refused, or this is closed
     */
    public void land(TokenRequestContext request, AccessToken token) {
        new Flight(this, entry(null, base(admission.apply(request))), request.claims(), null).onNext(token);
    }

    // ---- for TokenMono

    /** The held token if nothing else than emitting it is to be done. Only base requests are keys, so others miss here. */
    @Nullable AccessToken hit(@Nullable TokenOwner owner, TokenRequestContext request) {
        Entry entry = owner == null ? entries.get(request) : entries.get(new OwnedRequest(owner, request));
        return entry == null ? null : entry.hit();
    }

    /** Whether what is held must not be served before somebody has looked whose it is. */
    boolean isDoubtful(long now) {
        return validity != null && validity.isDue(now);
    }

    /** Everything but a plain hit. */
    void miss(@Nullable TokenOwner owner, TokenRequestContext request, CoreSubscriber<? super AccessToken> actual) {
        long now = clock.now();
        if (validity == null || !validity.isDue(now)) {
            serve(owner, request, actual);
        } else {
            validity.look(now, this::forget).then(new Looked(this, owner, request)).subscribe(actual);
        }
    }

    private static final class Looked extends Mono<AccessToken> {

        private final TokenRefresher refresher;
        private final @Nullable TokenOwner owner;
        private final TokenRequestContext request;

        Looked(TokenRefresher refresher, @Nullable TokenOwner owner, TokenRequestContext request) {
            this.refresher = refresher;
            this.owner = owner;
            this.request = request;
        }

        @Override
        public void subscribe(CoreSubscriber<? super AccessToken> actual) {
            refresher.serve(owner, request, actual);
        }
    }

    private void serve(@Nullable TokenOwner owner, TokenRequestContext request, CoreSubscriber<? super AccessToken> actual) {
        Entry entry;
        try {
            entry = entry(owner, base(admission.apply(request)));
        } catch (RuntimeException refused) {
            Operators.error(actual, refused);
            return;
        }
        AccessToken rejected = request.rejectedToken();
        String claims = request.claims();
        if (claims != null) {
            entry.serve(new Demand.Claims(claims, rejected == null ? null : rejected.token(), CLAIMS_REUSE), actual);
        } else if (rejected != null) {
            replacing(entry, rejected.token()).subscribe(actual);
        } else {
            entry.serve(Demand.PLAIN, actual);
        }
    }

    private static TokenRequestContext base(TokenRequestContext request) {
        return request.claims() == null && request.rejectedToken() == null
                ? request : request.withClaims(null).withRejectedToken(null);
    }

    /** A rejected token that a flight brings again is asked for once more, and then given out all the same. */
    private static Mono<AccessToken> replacing(Entry entry, String rejected) {
        int enough = Demand.NotRejected.enough(rejected, entry.snapshot());
        return new Served(entry, new Demand.NotRejected(rejected, Integer.MAX_VALUE))
                .flatMap(first -> first.token().equals(rejected)
                        ? new Served(entry, new Demand.NotRejected(rejected, enough)) : Mono.just(first));
    }

    private static final class Served extends Mono<AccessToken> {

        private final Entry entry;
        private final Demand demand;

        Served(Entry entry, Demand demand) {
            this.entry = entry;
            this.demand = demand;
        }

        @Override
        public void subscribe(CoreSubscriber<? super AccessToken> actual) {
            entry.serve(demand, actual);
        }
    }

    private Entry entry(@Nullable TokenOwner owner, TokenRequestContext request) {
        refuseIfClosed();
        Object key = owner == null ? request : new OwnedRequest(owner, request);
        Entry known = entries.get(key);
        if (known != null) {
            return known;
        }
        dropIdle();
        if (entries.mappingCount() >= evictAbove) {
            evict();
        }
        Entry entry = entries.computeIfAbsent(key, k -> owner == null ? new Entry(this, request)
                : new OwnedEntry(this, request, owner.source()));
        if (closed.get()) {
            entries.remove(key, entry);
            refuseIfClosed();
        }
        return entry;
    }

    private void refuseIfClosed() {
        if (closed.get()) {
            throw closedFailure().toException();
        }
    }

    // ---- for Entry and Flight

    TokenSource source() {
        return source;
    }

    AdjustedClock clock() {
        return clock;
    }

    Scheduler scheduler() {
        return options.scheduler();
    }

    Duration flightDeadline() {
        return options.flightDeadline();
    }

    String credential() {
        return options.credential();
    }

    Events events() {
        return events;
    }

    double jitter() {
        return ThreadLocalRandom.current().nextDouble();
    }

    boolean isClosed() {
        return closed.get();
    }

    Failure closedFailure() {
        return Failure.of(credential(), new IllegalStateException(credential() + " is closed"));
    }

    RuntimeException gated(TokenRequestContext key, Failure last, long until, long now) {
        Instant retryAt = clock.instantOf(until, now);
        events.gated(key, retryAt);
        return last.toException(retryAt);
    }

    /** How far ahead an instant of the wall clock lies; zero or less if it is past or unknown. */
    long nanosUntil(@Nullable Instant instant) {
        if (instant == null) {
            return 0;
        }
        return TimeUnit.MILLISECONDS.toNanos(saturatedMillis(instant) - clock.wallMillis());
    }

    /** An instant may lie beyond what milliseconds can say; "never expires" is a mistake that must not become an error. */
    static long saturatedMillis(Instant instant) {
        long seconds = Math.max(Math.min(instant.getEpochSecond(), FAR), -FAR);
        return TimeUnit.SECONDS.toMillis(seconds) + TimeUnit.NANOSECONDS.toMillis(instant.getNano());
    }

    @Nullable Flight flight(Entry entry, @Nullable String claims) {
        return claims == null ? entry.slot() : claimsFlights.get(new ClaimsKey(entry, claims));
    }

    boolean claim(Flight flight) {
        String claims = flight.claims();
        boolean won = claims == null ? flight.entry().claimSlot(flight)
                : claimsFlights.putIfAbsent(new ClaimsKey(flight.entry(), claims), flight) == null;
        if (won) {
            flights.add(flight);
        }
        return won;
    }

    /** Starts a flight, a little later if it is one of many that a corrected clock made due at once (T-4). */
    void launch(Flight flight) {
        if (!flight.isBackground() || !clock.isJustAdjusted(clock.now())) {
            flight.takeOff();
            return;
        }
        try {
            scheduler().schedule(flight::takeOff, (long) (SPREAD * jitter()), TimeUnit.NANOSECONDS);
        } catch (RuntimeException rejectedOrHookFailed) {
            flight.takeOff();
        }
    }

    /** Frees the slot by identity: by now it may be another flight's. */
    void ended(Flight flight, boolean background) {
        String claims = flight.claims();
        if (claims == null) {
            flight.entry().freeSlot(flight);
        } else {
            claimsFlights.remove(new ClaimsKey(flight.entry(), claims), flight);
        }
        flights.remove(flight);
        if (background) {
            endBackground();
        }
    }

    boolean tryBackground() {
        if (backgroundFlights.incrementAndGet() <= MAX_BACKGROUND) {
            return true;
        }
        backgroundFlights.decrementAndGet();
        return false;
    }

    void endBackground() {
        backgroundFlights.decrementAndGet();
    }

    // ---- bounds (E-1 to E-5)

    /**
     * One thread walks; the others go on. First goes what is of no use to anybody, then what nobody used since the last walk,
     * then anything that is not in flight, until there is some room.
     */
    private void evict() {
        if (!evicting.compareAndSet(false, true)) {
            return;
        }
        try {
            long now = clock.now();
            Set<Entry> inFlight = inFlight();
            // A newcomer knows nothing yet either, but is in use.
            entries.values().removeIf(entry -> !entry.isUsed() && entry.snapshot().isWorthless(now) && drop(entry, inFlight));
            long target = options.maxEntries() - options.maxEntries() / 10L;
            if (entries.mappingCount() > target) {
                entries.values().removeIf(entry -> entries.mappingCount() > target && !entry.clearUsed() && drop(entry, inFlight));
            }
            if (entries.mappingCount() >= options.maxEntries()) {
                entries.values().removeIf(entry -> entries.mappingCount() > target && drop(entry, inFlight));
            }
            // Where nothing could go, everything is in flight: do not walk again for each newcomer.
            long kept = entries.mappingCount();
            evictAbove = kept < options.maxEntries() ? options.maxEntries() : kept + options.maxEntries() / 10;
        } finally {
            evicting.set(false);
        }
    }

    /**
     * Drops what nobody used for the idle time at least, and for twice as long at most. Only newcomers look: nothing runs by
     * itself, and without them nothing grows.
     */
    private void dropIdle() {
        Duration idle = options.idle();
        if (idle == null || clock.now() - idleSince < idle.toNanos() || !evicting.compareAndSet(false, true)) {
            return;
        }
        try {
            idleSince = clock.now();
            Set<Entry> inFlight = inFlight();
            entries.values().removeIf(entry -> !entry.clearUsed() && drop(entry, inFlight));
        } finally {
            evicting.set(false);
        }
    }

    private Set<Entry> inFlight() {
        return flights.stream().map(Flight::entry).collect(Collectors.toSet());
    }

    private boolean drop(Entry entry, Set<Entry> inFlight) {
        if (entry.slot() != null || inFlight.contains(entry)) {
            return false;
        }
        events.evicted(entry.key());
        return true;
    }
}
