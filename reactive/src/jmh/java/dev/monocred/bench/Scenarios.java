package dev.monocred.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.management.JMException;
import javax.management.ObjectName;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/** The rows that are a story and not a loop: one row, one contender, one JVM. Arguments: row, contender, quick. */
final class Scenarios {

    @FunctionalInterface
    interface Scenario {
        void run(Lab lab, Contender contender) throws Exception;
    }

    static final Map<String, Scenario> ROWS = Map.of(
            "herd1000", (lab, contender) -> herd(lab, contender, 1_000),
            "herd10000", (lab, contender) -> herd(lab, contender, 10_000),
            "due", Scenarios::refreshDue,
            "tenants", Scenarios::tenants,
            "neighbour", Scenarios::noisyNeighbour,
            "outage", Scenarios::outage,
            "memory", Scenarios::memory);

    private static final Set<String> REFRESHING = Set.of("due", "outage");

    private static final Script SLOW = Script.prompt().delay(200);

    private Scenarios() {}

    public static void main(String... args) throws Exception {
        try (Lab lab = new Lab(args[0], args[1], Boolean.parseBoolean(args[2]));
                Contender contender = Contender.open(args[1], REFRESHING.contains(args[0]))) {
            Objects.requireNonNull(ROWS.get(args[0]), "no such row").run(lab, contender);
        }
        System.exit(0);
    }

    /** All of them ask for a token that nobody has, while the server thinks for 200 ms. */
    private static void herd(Lab lab, Contender contender, int size) throws InterruptedException {
        TokenService.follow(SLOW);
        rounds(lab, lab.quick ? 2 : 5, lab.quick ? 3 : 7, round -> {
            Call call = contender.call(Ask.scope("herd-" + round));
            Crowd crowd = new Crowd(size);
            TokenService.follow(SLOW);
            ManagementFactory.getThreadMXBean().resetPeakThreadCount();
            double processCpu = Lab.cpuMillisOfThisProcess();
            long start = System.nanoTime();
            crowd.join(call);
            long cpu = Lab.cpuOfThisThread();
            double bytes = Lab.bytesOfThisThread();
            for (int i = 1; i < size; i++) {
                crowd.join(call);
            }
            lab.add("joinBytes", Lab.bytesOfThisThread() - bytes);
            lab.add("joinCpuMs", (Lab.cpuOfThisThread() - cpu) / 1e6);
            crowd.await();
            lab.add("wallMs", Lab.millisSince(start));
            lab.add("cpuMs", Lab.cpuMillisOfThisProcess() - processCpu);
            lab.lookAtThreads();
            lab.add("errors", crowd.errors());
            lab.add("upstream", TokenService.requests());
        });
    }

    /** 1,000 ask for a token that is valid and due for refresh. */
    private static void refreshDue(Lab lab, Contender contender) throws InterruptedException {
        Script shortLived = SLOW.expiresIn(Contender.SHORT_LIFE);
        rounds(lab, 2, lab.quick ? 1 : 3, round -> {
            Call call = contender.call(Ask.scope("due-" + round));
            TokenService.follow(shortLived.delay(0));
            call.getToken().block();
            contender.makeRefreshDue();
            TokenService.follow(SLOW);
            Crowd crowd = new Crowd(1_000);
            ManagementFactory.getThreadMXBean().resetPeakThreadCount();
            long start = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                crowd.join(call);
            }
            lab.add("waited", crowd.waiting());
            crowd.await();
            lab.add("wallMs", Lab.millisSince(start));
            lab.lookAtThreads();
            lab.add("errors", crowd.errors());
            Thread.sleep(500); // for the refresh behind it
            lab.add("upstream", TokenService.requests());
        });
    }

    /** 500 tenants at once, none of them known. */
    private static void tenants(Lab lab, Contender contender) throws InterruptedException {
        rounds(lab, 1, lab.quick ? 1 : 4, round -> {
            List<Call> calls = Ask.tenants("t" + round, 500).map(contender::call).toList();
            TokenService.follow(SLOW);
            Crowd crowd = new Crowd(calls.size());
            ManagementFactory.getThreadMXBean().resetPeakThreadCount();
            double processCpu = Lab.cpuMillisOfThisProcess();
            long start = System.nanoTime();
            calls.forEach(crowd::join);
            lab.add("callerMs", Lab.millisSince(start));
            crowd.await();
            lab.add("wallMs", Lab.millisSince(start));
            lab.add("cpuMs", Lab.cpuMillisOfThisProcess() - processCpu);
            lab.lookAtThreads();
            lab.add("errors", crowd.errors());
            lab.add("upstream", TokenService.requests());
        });
        lab.add("connections", TokenService.connections());
    }

    /** Hits of a warm key: alone, then beside 100 tenants whose requests hang for a second and fail, asked again and again. */
    private static void noisyNeighbour(Lab lab, Contender contender) throws InterruptedException {
        Call healthy = contender.call(Ask.scope("healthy"));
        healthy.getToken().block();
        List<Call> bad = Ask.tenants("bad", 100).map(contender::call).toList();
        hits(lab, "quiet", healthy, 3_000);
        lab.forget();
        hits(lab, "quiet", healthy, 2_000);
        TokenService.follow(Script.prompt().badDelay(1_000));
        var askingAgain = Flux.fromIterable(bad)
                .flatMap(call -> call.getToken().then().retryWhen(pause(100)), 100).subscribe();
        Thread.sleep(500);
        hits(lab, "noisy", healthy, lab.quick ? 1_000 : 3_000);
        lab.add("upstream", TokenService.requests());
        askingAgain.dispose();
    }

    private static Retry pause(long millis) {
        return Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(millis));
    }

    /** Asks for that long, one hit each millisecond, or for one hit if that takes longer. */
    private static void hits(Lab lab, String when, Call call, long forMillis) throws InterruptedException {
        List<Double> micros = new ArrayList<>();
        long start = System.nanoTime();
        int waited = 0;
        while (micros.isEmpty() || Lab.millisSince(start) < forMillis) {
            Crowd one = new Crowd(1);
            long asked = System.nanoTime();
            one.join(call);
            waited += one.waiting() == 0 ? 0 : 1;
            one.await();
            micros.add((System.nanoTime() - asked) / 1e3);
            Thread.sleep(1);
        }
        lab.add(when + "MedianUs", Lab.median(micros));
        lab.add(when + "MaxUs", micros.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
        lab.add(when + "Waited", waited);
    }

    /** 200 callers ask every 100 ms for a token that is valid and due, while the service answers 503 for 5 s. */
    private static void outage(Lab lab, Contender contender) throws InterruptedException {
        Call call = contender.call(Ask.scope("outage"));
        TokenService.follow(Script.prompt().expiresIn(Contender.SHORT_LIFE));
        call.getToken().block();
        contender.makeRefreshDue();
        TokenService.follow(Script.prompt().status(503));
        Caller[] callers = new Caller[200];
        Arrays.setAll(callers, i -> new Caller(call));
        for (int tick = 0; tick < 50; tick++) {
            Arrays.stream(callers).forEach(Caller::ask);
            Thread.sleep(100);
        }
        lab.add("upstream", TokenService.requests());
        TokenService.follow(Script.prompt());
        lab.lookAtThreads();
        for (Caller caller : callers) {
            caller.await();
        }
        lab.add("upstreamAfter", TokenService.requests());
        lab.add("errors", Arrays.stream(callers).mapToInt(c -> c.errors).sum());
        lab.add("waited", Arrays.stream(callers).mapToInt(c -> c.waited).sum());
        lab.add("answers", Arrays.stream(callers).mapToInt(c -> c.answers).sum());
        lab.add("maxMs", Arrays.stream(callers).mapToDouble(c -> c.maxMillis).max().orElseThrow());
    }

    /** Asks again only once it has its answer. */
    private static final class Caller implements CoreSubscriber<Object> {

        private final Call call;
        private volatile boolean waiting;
        private long asked;
        int errors;
        int waited;
        int answers;
        double maxMillis;

        Caller(Call call) {
            this.call = call;
        }

        void ask() {
            if (!waiting) {
                waiting = true;
                asked = System.nanoTime();
                call.getToken().subscribe(this);
                waited += waiting ? 1 : 0;
            }
        }

        void await() throws InterruptedException {
            while (waiting) {
                Thread.sleep(10);
            }
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object token) {
            maxMillis = Math.max(maxMillis, Lab.millisSince(asked));
            answers++;
            waiting = false;
        }

        @Override
        public void onError(Throwable error) {
            errors++;
            onNext(error);
        }

        @Override
        public void onComplete() {}
    }

    /** What the heap grows by with each token, between the first 1,000 and many more, less the token's own text. */
    private static void memory(Lab lab, Contender contender) throws JMException {
        int size = lab.quick ? 2_000 : 8_000;
        List<Ask> asks = Ask.scopes("memory", size).toList();
        double bare = heap();
        List<Call> calls = asks.stream().map(contender::call).toList();
        double ready = heap();
        fill(calls.subList(0, 1_000));
        double some = heap();
        fill(calls.subList(1_000, size));
        double all = heap();
        TokenService.follow(Script.prompt());
        fill(calls);
        lab.add("entryBytes", (all - some) / (size - 1_000) - (24 + 16 + TokenServer.TOKEN_LENGTH));
        lab.add("requestBytes", (ready - bare) / size);
        lab.add("forgotten", TokenService.requests());
    }

    private static void fill(List<Call> calls) {
        Flux.fromIterable(calls).flatMap(Call::getToken, 16).then().block();
    }

    /** Bytes of all objects that are alive. */
    private static double heap() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram", new Object[] {new String[0]},
                new String[] {String[].class.getName()});
        String total = histogram.substring(histogram.lastIndexOf("Total")).strip();
        return Double.parseDouble(total.substring(total.lastIndexOf(' ') + 1));
    }

    @FunctionalInterface
    private interface Round {
        void run(int number) throws InterruptedException;
    }

    private static void rounds(Lab lab, int warmUps, int measured, Round round) throws InterruptedException {
        for (int i = 0; i < warmUps + measured; i++) {
            if (i == warmUps) {
                lab.forget();
            }
            round.run(i);
        }
    }
}
