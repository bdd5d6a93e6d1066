package dev.monocred.bench;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Cached hits of a contender: everything a call costs once the token is there. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HitBenchmark {

    /** For JMH. */
    public HitBenchmark() {}

    /** A contender with one warm token. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH calls the constructor, sets the parameters, then calls @Setup.
    public static class One {

        @Param("monocred")
        String contender;
        Contender opened;
        Call call;

        /** For JMH. */
        public One() {}

        /** Gets the token. */
        @Setup
        public void warm() {
            opened = Contender.open(contender);
            call = opened.call(Ask.scope("resource"));
            call.getToken().block();
            TokenService.follow(Script.prompt());
        }

        /** Closes it. */
        @TearDown
        public void close() {
            opened.close();
        }
    }

    /** A contender's provider of bare tokens, used once. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // As above.
    public static class Bearer {

        @Param("monocred")
        String contender;
        Contender opened;
        Call provider;

        /** For JMH. */
        public Bearer() {}

        /** Gets the token. */
        @Setup
        public void warm() {
            opened = Contender.open(contender);
            provider = requireNonNull(opened.bearer(Ask.scope("resource")));
            provider.getToken().block();
            TokenService.follow(Script.prompt());
        }

        /** Closes it. */
        @TearDown
        public void close() {
            opened.close();
        }
    }

    /** A contender with 500 warm scopes. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH calls the constructor, sets the parameters, then calls @Setup.
    public static class Many {

        @Param("monocred")
        String contender;
        Contender opened;
        Call[] calls = {};

        /** For JMH. */
        public Many() {}

        /** Gets the tokens. */
        @Setup
        public void warm() {
            opened = Contender.open(contender);
            calls = Ask.scopes("resource", 500).map(opened::call).toArray(Call[]::new);
            for (Call call : calls) {
                call.getToken().block();
            }
        }

        /** Closes it. */
        @TearDown
        public void close() {
            opened.close();
        }
    }

    /** What a thread brings along. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // As above.
    public static class Mine {

        Asker asker;
        int turn;

        /** For JMH. */
        public Mine() {}

        /** On the measured thread. */
        @Setup
        public void open() {
            asker = new Asker();
        }
    }

    /** Row "hit". */
    @Benchmark
    public Object hit(One one, Mine mine) {
        return mine.asker.ask(one.call.getToken());
    }

    /** Row "block". */
    @Benchmark
    public @Nullable Object block(One one) {
        return one.call.block();
    }

    /** Row "bearer". */
    @Benchmark
    public Object bearer(Bearer bearer, Mine mine) {
        return mine.asker.ask(bearer.provider.getToken());
    }

    /** Row "scopes": 500 warm ones in turn. */
    @Benchmark
    public Object scopes(Many many, Mine mine) {
        mine.turn = mine.turn == 499 ? 0 : mine.turn + 1;
        return mine.asker.ask(many.calls[mine.turn].getToken());
    }
}
