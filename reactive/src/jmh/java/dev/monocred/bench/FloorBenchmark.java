package dev.monocred.bench;

import dev.monocred.core.TokenRequestContext;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Mono;

/**
 * What a correct hit cannot do without: one map lookup, one clock read, one compare; bare and wrapped in Reactor's own types.
 * Each method bears the name of the row it belongs to.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FloorBenchmark {

    /** For JMH. */
    public FloorBenchmark() {}

    /** 500 tokens, all valid. */
    @State(Scope.Benchmark)
    public static class Held {

        record Token(String text, long until) {}

        final ConcurrentHashMap<TokenRequestContext, Token> map = new ConcurrentHashMap<>();
        final TokenRequestContext[] contexts = Ask.scopes("resource", 500)
                .map(ask -> TokenRequestContext.of(ask.scope())).toArray(TokenRequestContext[]::new);
        final TokenRequestContext context = contexts[0];

        /** For JMH. */
        public Held() {
            for (TokenRequestContext each : contexts) {
                map.put(each, new Token("token", System.nanoTime() + TimeUnit.HOURS.toNanos(1)));
            }
        }

        Token valid(TokenRequestContext context) {
            Token token = map.get(context);
            if (token == null || token.until - System.nanoTime() <= 0) {
                throw new IllegalStateException("expired");
            }
            return token;
        }
    }

    /** The suppliers, one for each request, made once as a user's constant would be. */
    @State(Scope.Benchmark)
    public static class Suppliers {

        final Held held = new Held();
        final Supplier<?>[] all = Arrays.stream(held.contexts)
                .<Supplier<?>>map(context -> () -> held.valid(context)).toArray(Supplier<?>[]::new);
        final Supplier<?> one = all[0];
        final Supplier<Mono<Object>> deferred = () -> Mono.just(held.valid(held.context));

        /** For JMH. */
        public Suppliers() {}
    }

    /** A plain map. */
    @Benchmark
    public @Nullable Object mapGet(Held held) {
        return held.map.get(held.context);
    }

    /** Row "hit". */
    @Benchmark
    public Object fromSupplierHit(Suppliers suppliers, HitBenchmark.Mine mine) {
        return mine.asker.ask(Mono.fromSupplier(suppliers.one));
    }

    /** Row "block". */
    @Benchmark
    public @Nullable Object fromSupplierBlock(Suppliers suppliers) {
        return Mono.fromSupplier(suppliers.one).block();
    }

    /** Row "scopes". */
    @Benchmark
    public Object fromSupplierScopes(Suppliers suppliers, HitBenchmark.Mine mine) {
        mine.turn = mine.turn == 499 ? 0 : mine.turn + 1;
        return mine.asker.ask(Mono.fromSupplier(suppliers.all[mine.turn]));
    }

    /** Row "hit". */
    @Benchmark
    public Object deferHit(Suppliers suppliers, HitBenchmark.Mine mine) {
        return mine.asker.ask(Mono.defer(suppliers.deferred));
    }

    /** Row "block". */
    @Benchmark
    public @Nullable Object deferBlock(Suppliers suppliers) {
        return Mono.defer(suppliers.deferred).block();
    }
}
